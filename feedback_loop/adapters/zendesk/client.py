"""Zendesk by its Support API v2: fulfils `ports.CaseSystem` with tickets, internal notes and groups. Its words are in `ticket_bodies.py`.

The form follows https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ and its neighbours ticket_audits, search and macros.
*Not verified against the vendor*: its description was not at hand, the tests state the documented form themselves.

A ticket is made once: our key is its Idempotency-Key (which Zendesk keeps for two hours) and its external id (by which it is listed at
once, for ever). A change of a ticket takes no such key, so its audit bears ours as metadata, in the same write; and each change says by
which stamp the ticket was read before its audits were, so that of two writes under one key the second is refused, however late it comes.

The rule that is easy to break: the stamp is read before the audits. What remains: stamps have seconds, so a change within the very second
of the last one is not noticed; and by its key alone a note is found through the search, which lags, though never by `perform`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import httpx2

from feedback_loop.adapters.action_words import Unfit, fit_key, text_of
from feedback_loop.adapters.authorization import zendesk_agent
from feedback_loop.adapters.vendor_client import CONFLICT, CREATED, NOT_FOUND, OK, UNREADABLE, Order, VendorClient
from feedback_loop.adapters.zendesk.answers import (
    Audit,
    Page,
    Row,
    Ticket,
    audit_page,
    by_key,
    error_in,
    keyed_page,
    made_in,
    noted_in,
    stamp_of,
    tagged_in,
    ticket_in,
    tickets_in,
    version_of,
    wording_in,
)
from feedback_loop.adapters.zendesk.ticket_bodies import (
    draft_of,
    draft_text,
    existing_ticket,
    group_of,
    is_ticket_id,
    note_tag,
    ticket_of,
    update_of,
)
from feedback_loop.contracts.actions import ActionRequest, CaseImage
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import CaseChanged, ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

_TICKETS = "/api/v2/tickets"
_PER_PAGE, _MOST_PAGES, _TRIES = 100, 60, 3
_BAD_REQUEST, _OTHER_BODY = 400, "IdempotentRequestError"
_AS_MADE = ("new", "open")

Changes = Callable[[Ticket, Sequence[Audit]], Mapping[str, Any]]


class _Stale(Exception):
    """The ticket was changed since its stamp, or the key's first request is still under way: nothing was written by this one."""


class ZendeskClient(VendorClient):
    """A client of one Zendesk account; close it, or use it as a context manager."""

    takes = (*WORK_ITEMS, ActionKind.SEND_MESSAGE)
    done = (OK, CREATED)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "zendesk", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": zendesk_agent(credentials), "Accept": "application/json"}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._settings = rule.settings

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        """The tickets as they are now, in the order asked for; those that don't exist are left out. A queue is a group's id."""
        found: dict[str, CaseImage] = {}
        asked = [case_id for case_id in dict.fromkeys(case_ids) if is_ticket_id(case_id)]
        for start in range(0, len(asked), _PER_PAGE):
            ids = ",".join(asked[start : start + _PER_PAGE])
            answer = self._transport.fetch(f"{_TICKETS}/show_many", {"ids": ids})
            found |= {one.ticket_id: one.image() for one in self.understood(tickets_in, answer, "a read of tickets")}
        return [found[case_id] for case_id in case_ids if case_id in found]

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        """The ticket after it was moved to the group; the same key again gives the first answer and writes nothing.

        A move takes an assignee away who is not in the new group; a move back gives it again. Raises CaseChanged.
        """
        what = f"a move of {case_id}"
        try:
            order, group = Order(fit_key(idempotency_key), what, self._clock.now()), group_of(queue)
        except Unfit as error:
            raise ConnectorRefused(self.connector, what, f"{error} is no group or key") from None
        if not is_ticket_id(case_id):
            raise ConnectorRefused(self.connector, what, "there is no such ticket")
        audits = list(self._audits(case_id))
        if (known := by_key(audits, order.key)) is not None:
            return self._moved_before(case_id, queue, known)
        changes = {"group_id": group, **_assignee_before(audits, queue)}
        try:
            answer = self.sent("PUT", f"{_TICKETS}/{case_id}", update_of(order.key, stamp_of(expected_version), changes=changes), order)
        except _Stale:
            # A write of ours under this key may have come in only now.
            if (known := by_key(self._audits(case_id), order.key)) is not None:
                return self._moved_before(case_id, queue, known)
            raise CaseChanged(case_id, expected_version, version_of(self._ticket(case_id).changed_at)) from None
        return self.written(partial(ticket_in, ticket_id=case_id), answer, order.key).image()

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order)
        ticket_id, is_message = existing_ticket(request), request.action_kind is ActionKind.SEND_MESSAGE
        opening = self._wording() if is_message else None
        if ticket_id is not None:
            text = draft_text(request, opening) if is_message else text_of(request)
            return self._changed(ticket_id, text, order, lambda *_: {})
        body = draft_of(request, self._settings, opening) if is_message else ticket_of(request, self._settings)
        try:
            answer = self.sent("POST", _TICKETS, body, order, headers={"Idempotency-Key": order.key})
        except _Stale:
            raise WriteInDoubt(self.connector, order.key, "a request under this key is still under way") from None
        return self.written(partial(made_in, key=order.key), answer, order.key)

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        """A ticket that nobody touched is solved, a note is answered by one that it no longer holds; anything else stays as it is."""
        undone = str(request.arguments.get("undone_receipt_id") or request.target)
        ticket_id, _, audit_id = undone.partition("/")
        if not is_ticket_id(ticket_id):
            raise ConnectorRefused(self.connector, order.what, "what it takes back is no ticket")
        key = request.arguments.get("undone_key")

        def changes(ticket: Ticket, audits: Sequence[Audit]) -> Mapping[str, Any]:
            if audit_id and (note := by_key(audits, str(key))) is not None and note.audit_id == audit_id:
                return {}
            is_as_made = ticket.status in _AS_MADE and len(audits) == 1
            if not audit_id and ticket.external_id == key and is_as_made:
                return {"status": "solved"}
            raise ConnectorRefused(self.connector, order.what, "it is no longer as it was sent, so it was left as it is")

        return self._changed(ticket_id, text_of(request), order, changes)

    def _changed(self, ticket_id: str, text: str, order: Order, changes: Changes) -> str:
        """The receipt of a note on the ticket and what changes with it, written in one update, once."""
        for _ in range(_TRIES):
            ticket = self._ticket(ticket_id)
            audits = list(self._audits(ticket_id))
            known = by_key(audits, order.key)
            if known is not None:
                return f"{ticket_id}/{known.audit_id}"
            body = update_of(order.key, ticket.stamp, text=text, tags=ticket.tags, changes=changes(ticket, audits))
            try:
                answer = self.sent("PUT", f"{_TICKETS}/{ticket_id}", body, order)
            except _Stale:
                continue
            return f"{ticket_id}/{self.written(partial(noted_in, ticket_id=ticket_id), answer, order.key)}"
        raise ConnectorUnreachable(self.connector, order.what, "somebody changes the ticket all the time")

    def _looked_up(self, key: str) -> str | None:
        """The ticket that bears the key, or the note under it as far as the search knows."""
        query, tag = {"external_id": fit_key(key)}, note_tag(key)
        made = list(self._pages(_TICKETS, query, partial(keyed_page, key=key), "a list by external id"))
        if made:
            return min((one.ticket_id for one in made), key=int)
        answer = self._transport.fetch("/api/v2/search", {"query": f"type:ticket tags:{tag}"})
        for ticket_id in self.understood(partial(tagged_in, tag=tag), answer, "a search"):
            if (known := by_key(self._audits(ticket_id), key)) is not None:
                return f"{ticket_id}/{known.audit_id}"
        return None

    def _moved_before(self, case_id: str, queue: str, known: Audit) -> CaseImage:
        """The first answer of a move, by its audit."""
        return replace(self._ticket(case_id).image(), queue=queue, version=version_of(known.at), changed_at=known.at)

    def _ticket(self, ticket_id: str) -> Ticket:
        what = f"a read of ticket {ticket_id}"
        return self.understood(partial(ticket_in, ticket_id=ticket_id), self._there(f"{_TICKETS}/{ticket_id}", None, what), what)

    def _audits(self, ticket_id: str) -> Iterator[Audit]:
        return self._pages(f"{_TICKETS}/{ticket_id}/audits", {}, partial(audit_page, ticket_id=ticket_id), f"the audits of {ticket_id}")

    def _wording(self) -> str | None:
        """What the macro says that the settings name."""
        macro_id = self._settings.get("macro_id")
        if macro_id is None:
            return None
        what = f"macro {macro_id}"
        return self.understood(wording_in, self._there(f"/api/v2/macros/{macro_id}/apply", None, what), what)

    def _pages(self, path: str, query: Mapping[str, str], page_in: Callable[[Any], Page[Row]], what: str) -> Iterator[Row]:
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            answer = self._there(path, {**query, "page[size]": str(_PER_PAGE), **after}, what)
            page = self.understood(page_in, answer, what)
            yield from page.rows
            if page.after is None:
                return
            after = {"page[after]": page.after}
        raise ConnectorUnreachable(self.connector, what, "it has no end")

    def _there(self, path: str, query: Mapping[str, str] | None, what: str) -> httpx2.Response:
        answer = self._transport.fetch(path, query)
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return answer

    def _accepted(self, answer: httpx2.Response, order: Order) -> httpx2.Response:
        if answer.status_code == CONFLICT:
            raise _Stale
        if answer.status_code == _BAD_REQUEST and _error_name(answer) == _OTHER_BODY:
            # It was sent in other words before, so it is there: by its key it will be found.
            raise WriteInDoubt(self.connector, order.key, "it was sent before")
        return super()._accepted(answer, order)


def _assignee_before(audits: Sequence[Audit], queue: str) -> dict[str, int]:
    """The assignee whom the last move of ours took away, where the ticket goes back to the group that it came from."""
    last = max((audit for audit in audits if audit.key is not None), key=lambda audit: int(audit.audit_id), default=None)
    if last is None or last.before.get("group_id") != queue:
        return {}
    before = last.before.get("assignee_id") or ""
    return {"assignee_id": int(before)} if is_ticket_id(before) else {}


def _error_name(answer: httpx2.Response) -> str | None:
    try:
        return error_in(answer.json())
    except UNREADABLE:
        return None
