"""Slack by its Web API: fulfils `ports.ActionSystem` with messages of one channel. What they say stands in `message.py`.

Slack takes no idempotency keys, so ours stands in the metadata of each message and is looked up in the channel's history, from the claim
on. A reversal changes the message and replies below it, so it is known by both. What goes over the network is our `Transport`, not the SDK:
that follows redirects with the token, asks the environment for proxies in two places, waits as long as it is told to, and repeats a write
whose connection broke.

The rule that is easy to break: what somebody deletes from the channel can't be found there. Who deletes a message while its answer is still
in doubt could so lead to a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx2

from feedback_loop.adapters.action_words import Unfit, fit_key
from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.slack.answers import CAN_BE_MENDED, MAY_BE_WRITTEN, Ours, Page, error_in, page_in, posted_in
from feedback_loop.adapters.slack.message import Place, Undone, crossed_out, message_of, reply_of, undone_of
from feedback_loop.adapters.transport import FORM
from feedback_loop.adapters.vendor_client import OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

_API = "/api"
_PER_PAGE, _MOST_PAGES = 200, 50

LOOKED_BACK = timedelta(days=2)
"""How far back a key is looked for of which nobody says when it was used first: what carries out says it (`KnowingSince`)."""

CLOCKS_APART = timedelta(minutes=30)
"""So much may Slack's clock and ours differ."""


class SlackClient(LateVendorClient):
    """A client of one Slack workspace; close it, or use it as a context manager."""

    takes = WORK_ITEMS
    done = (OK,)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "slack", timeout_seconds: float = 10.0
    ) -> None:
        token = credentials["BOT_TOKEN"]
        # The documentation wants the token as a bearer, the published description in a header of its own; whoever checks finds both.
        super().__init__(
            rule.address, {"Authorization": bearer(token), "token": token}, clock, connector=connector, timeout_seconds=timeout_seconds
        )
        self._channel = rule.settings["channel"]
        self._since: dict[str, datetime] = {}

    def receipt_since(self, idempotency_key: str, since: datetime) -> Receipt | None:
        """The receipt of a write that was begun at the instant or later."""
        self._since[idempotency_key] = since
        return self.receipt_for(idempotency_key)

    def post(self, fields: Mapping[str, str], order: Order) -> Place:
        """Where the message stands that was posted now; raises as `ActionSystem.perform` does."""
        return self.written(posted_in, self._call("chat.postMessage", fields, order), order.key)

    def change(self, fields: Mapping[str, str], order: Order) -> Place:
        """Where the message stands that says something else now; it may be repeated."""
        return self.written(posted_in, self._call("chat.update", fields, order), order.key)

    def found(self, channel: str, key: str, since: datetime) -> Place | None:
        """Where the message stands that bears the key and was posted since; the first of them."""
        query = {"channel": channel, "oldest": f"{(since - CLOCKS_APART).timestamp():.6f}"}
        ours = [one.ts for one in self._all("conversations.history", query) if one.key == key]
        return Place(channel, min(ours)) if ours else None

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order).receipt_id
        return self.post(message_of(request, self._channel), order).receipt_id

    def _looked_up(self, key: str) -> str | None:
        since = self._since.get(key, self._clock.now() - LOOKED_BACK)
        place = self.found(self._channel, fit_key(key), since)
        return None if place is None else place.receipt_id

    def _taken_back(self, request: ActionRequest, order: Order) -> Place:
        """The reply that says so, once; before it the message itself is changed, which may be done again."""
        undone = undone_of(request)
        if undone is None:
            raise Unfit("undone_receipt_id")
        reply = reply_of(request, undone)
        message = self._message(undone, order)
        if message.taken_back_by not in (None, order.key):
            raise ConnectorRefused(self.connector, order.what, "the message was taken back before")
        for one in self._all("conversations.replies", {"channel": undone.place.channel, "ts": undone.place.ts}):
            if one.key == order.key:
                return Place(undone.place.channel, one.ts)
        if message.taken_back_by is None:
            self.change(crossed_out(undone, order.key), order)
        return self.post(reply, order)

    def _message(self, undone: Undone, order: Order) -> Ours:
        """The message as it is now, where it is still the one that we left."""
        ts = undone.place.ts
        query = {"channel": undone.place.channel, "oldest": ts, "latest": ts, "inclusive": "true"}
        for one in self._page("conversations.history", query).ours:
            if (one.ts, one.key) == (ts, undone.key):
                return one
        raise ConnectorRefused(self.connector, order.what, "the message is gone, or not as the loop left it")

    def _all(self, method: str, query: Mapping[str, str]) -> list[Ours]:
        """Everything of ours, page by page; a page that fails says nothing about what was written."""
        found: list[Ours] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = self._page(method, query if cursor is None else {**query, "cursor": cursor})
            found += page.ours
            if page.next_cursor is None:
                return found
            cursor = page.next_cursor
        raise ConnectorUnreachable(self.connector, method, "there are too many messages; give the loop a channel of its own")

    def _page(self, method: str, query: Mapping[str, str]) -> Page:
        asked = {**query, "include_all_metadata": "true", "limit": str(_PER_PAGE)}
        answer = self._transport.fetch(f"{_API}/{method}", asked)
        code = self.understood(error_in, answer, method)
        if code is not None:
            raise ConnectorUnreachable(self.connector, method, f"it says {code}")
        return self.understood(page_in, answer, method)

    def _call(self, method: str, fields: Mapping[str, str], order: Order) -> httpx2.Response:
        return self.sent("POST", f"{_API}/{method}", fields, order, headers={"Content-Type": FORM})

    def _accepted(self, answer: httpx2.Response, order: Order) -> httpx2.Response:
        answer = super()._accepted(answer, order)
        code = self.written(error_in, answer, order.key)
        if code is None:
            return answer
        if code in MAY_BE_WRITTEN:
            raise WriteInDoubt(self.connector, order.key, f"it says {code}")
        if code in CAN_BE_MENDED:
            raise ConnectorUnreachable(self.connector, order.what, f"it says {code}")
        raise ConnectorRefused(self.connector, order.what, f"it says {code}")
