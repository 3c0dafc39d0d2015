"""Tickets of Zendesk with all that was said in them, and the ratings of their customers.

Tickets: the incremental export by cursor (`GET /api/v2/incremental/tickets/cursor.json`), each ticket with its comments put into it (`GET
/api/v2/tickets/{id}/comments.json`), because the export tells the first message alone. Ratings: `GET /api/v2/satisfaction_ratings.json`. As
https://developer.zendesk.com/api-reference/ticketing/ documents them; not verified against the vendor. The rule that is easy to break: the
export's last cursor is kept also where nothing new came, for the next export goes on from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from feedback_loop.adapters.authorization import zendesk_agent
from feedback_loop.adapters.vendor_pages.page_client import PageClient, seconds_of
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.pages import Page
from feedback_loop.errors import ConnectorRefused

_TICKETS, _RATINGS = "/api/v2/incremental/tickets/cursor.json", "/api/v2/satisfaction_ratings.json"
_PER_PAGE, _MOST_COMMENTS = "100", 5_000

Told = TypeVar("Told")


class _Ticket(msgspec.Struct):
    """As much of a ticket as fetching has to know."""

    id: int
    status: str | None = None


class _Rating(msgspec.Struct):
    updated_at: str


class _Meta(msgspec.Struct):
    has_more: bool = False
    after_cursor: str | None = None


class _Export(msgspec.Struct):
    tickets: list[msgspec.Raw]
    end_of_stream: bool
    after_cursor: str | None = None


class _Comments(msgspec.Struct):
    comments: list[msgspec.Raw]
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Ratings(msgspec.Struct):
    satisfaction_ratings: list[_Rating]
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _ZendeskPages(PageClient):
    """A client of one Zendesk."""

    expired = (400, 410, 422)

    def __init__(self, address: str, credentials: Credentials, *, source: str) -> None:
        super().__init__(address, {"Authorization": zendesk_agent(credentials)}, source=source)

    def told(self, path: str, query: Mapping[str, str], form: type[Told], *, has_cursor: bool = False) -> tuple[bytes, Told]:
        """What was answered, as it came and in the form."""
        content, _ = self.asked(path, query, has_cursor=has_cursor)
        try:
            return content, msgspec.json.decode(content, type=form)
        except (msgspec.DecodeError, RecursionError):
            raise self.unreadable(path) from None


class ZendeskTicketPages(_ZendeskPages):
    """The tickets that changed, each with its comments."""

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next tickets of the export."""
        begin = {"start_time": str(seconds_of(since))} if cursor is None else {"cursor": cursor}
        _, export = self.told(_TICKETS, {**begin, "per_page": _PER_PAGE}, _Export, has_cursor=cursor is not None)
        try:
            found = [(msgspec.json.decode(raw, type=_Ticket), bytes(raw)) for raw in export.tickets]
        except (msgspec.DecodeError, RecursionError):
            raise self.unreadable(_TICKETS) from None
        whole = [self._with_comments(ticket, raw) for ticket, raw in found]
        return Page(b'{"tickets": [' + b", ".join(whole) + b"]}", ".json", export.after_cursor or cursor, export.end_of_stream)

    def _with_comments(self, ticket: _Ticket, raw: bytes) -> bytes:
        """The ticket as it came, with its comments as they came; as it was where it was deleted."""
        if ticket.status == "deleted":
            return raw
        path, comments, after = f"/api/v2/tickets/{ticket.id}/comments.json", list[bytes](), None
        while True:
            query = {"page[size]": _PER_PAGE} | ({} if after is None else {"page[after]": after})
            try:
                _, told = self.told(path, query, _Comments)
            except ConnectorRefused as error:
                if type(error) is not ConnectorRefused:
                    raise
                return raw  # deleted for good, or closed to us, since it was exported
            comments += map(bytes, told.comments)
            after = told.meta.after_cursor if told.meta.has_more else None
            if after is None or len(comments) >= _MOST_COMMENTS:
                return raw.rstrip()[:-1] + b', "comments": [' + b", ".join(comments) + b"]}"


class ZendeskRatingPages(_ZendeskPages):
    """The ratings that customers gave since."""

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The next ratings of the run."""
        sweep = Sweep.at(cursor, since, self.source)
        query = {"start_time": str(seconds_of(sweep.asked_since)), "page[size]": _PER_PAGE}
        following = {} if sweep.token is None else {"page[after]": sweep.token}
        content, told = self.told(_RATINGS, query | following, _Ratings, has_cursor=sweep.token is not None)
        try:
            seen = [datetime.fromisoformat(one.updated_at).astimezone(UTC) for one in told.satisfaction_ratings]
        except ValueError:
            raise self.unreadable(_RATINGS) from None
        next_cursor, is_last = sweep.after(seen, told.meta.after_cursor if told.meta.has_more else None, is_ordered=False)
        return Page(content, ".json", next_cursor, is_last)
