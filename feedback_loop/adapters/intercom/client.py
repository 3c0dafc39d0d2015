"""Intercom by its REST API 2.15: fulfils `ports.ActionSystem` with tickets and notes. What they say stands in `ticket_bodies.py`.

Held against https://github.com/intercom/Intercom-OpenAPI (descriptions/2.15). Intercom takes no idempotency keys and no external ids of
tickets, so ours is a ticket attribute that the company makes for it, by which tickets are searched. A note bears it in its last line.

The rule that is easy to break: the search is an index that lags behind the writes (`LateVendorClient`). What remains: a note is known by
its key on its conversation only, so `receipt_for` does not find it, though `perform` does; nothing can be changed on condition, so a ticket
that somebody takes up between our look and its closing is closed; and a draft whose sender dies, and who does not go through the outbox,
may be written twice within the lag.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from feedback_loop.adapters.action_words import fit_key
from feedback_loop.adapters.authorization import bearer
from feedback_loop.adapters.intercom.answers import Ticket, conversation_in, found_in, made_in, noted_in, our_part, part_in, same_in
from feedback_loop.adapters.intercom.ticket_bodies import (
    Written,
    closing_of,
    existing_conversation,
    note_of,
    search_of,
    ticket_of,
    written_in,
)
from feedback_loop.adapters.vendor_client import NOT_FOUND, OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

VERSION = "2.15"
_MOST_PAGES = 20
_CLOSED = "closed"


class IntercomClient(LateVendorClient):
    """A client of one Intercom workspace; close it, or use it as a context manager."""

    takes = (*WORK_ITEMS, ActionKind.SEND_MESSAGE)
    done = (OK,)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "intercom", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": bearer(credentials["ACCESS_TOKEN"]), "Accept": "application/json", "Intercom-Version": VERSION}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._settings = rule.settings

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order)
        conversation = existing_conversation(request)
        if conversation is not None:
            return self._noted(conversation, request, order)
        answer = self.sent("POST", "/tickets", ticket_of(request, self._settings), order)
        made = self.written(partial(made_in, attribute=self._attribute, key=order.key), answer, order.key)
        return f"ticket-{made}"

    def _noted(self, conversation: str, request: ActionRequest, order: Order) -> str:
        """The parts of a conversation are known at once, so they are looked at once more before a note is added."""
        known, body = self._note_on(conversation, order.key), note_of(request, self._settings)
        if known is None:
            answer = self.sent("POST", f"/conversations/{conversation}/reply", body, order)
            known = self.written(partial(noted_in, number=conversation, key=order.key, admin_id=self._admin), answer, order.key)
        return f"conversation-{conversation}/{known}"

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        """A ticket that nobody touched is closed, a note is answered by one that it no longer holds; anything else stays as it is."""
        undone, key = written_in(request.arguments.get("undone_receipt_id")), str(request.arguments.get("undone_key"))
        if undone is None:
            raise ConnectorRefused(self.connector, order.what, "what it takes back is no ticket or note")
        if undone.kind == "conversation":
            if self._note_on(undone.number, key) != undone.part:
                raise self._other_than_sent(order)
            return self._noted(undone.number, request, order)
        ticket = self._ticket(undone.number)
        if order.key not in ticket.keys:
            self._close(ticket, undone, key, request, order)
        return f"ticket-{ticket.number}/{_CLOSED}"

    def _close(self, ticket: Ticket, undone: Written, key: str, request: ActionRequest, order: Order) -> None:
        strange = [part for part in ticket.parts if not part.is_first_state and not part.is_ours(order.key, self._admin)]
        if ticket.keys != (key,) or undone.part is not None or not ticket.is_untouched or strange:
            raise self._other_than_sent(order)
        if our_part(ticket.parts, order.key, self._admin) is None:
            answer = self.sent("POST", f"/tickets/{ticket.number}/reply", note_of(request, self._settings), order)
            self.written(partial(part_in, key=order.key, admin_id=self._admin), answer, order.key)
        # The closing comes last and bears the key, so that what has the key is closed.
        answer = self.sent("PUT", f"/tickets/{ticket.number}", closing_of(f"{key} {order.key}", self._settings), order)
        self.written(partial(same_in, attribute=self._attribute, number=ticket.number), answer, order.key)

    def _looked_up(self, key: str) -> str | None:
        """What was written under the key, as far as the search knows."""
        found = sorted((one for one in self._search(fit_key(key)) if key in one.keys), key=lambda one: int(one.number))
        made = next((one for one in found if one.keys[0] == key), None)
        if made is not None:
            return f"ticket-{made.number}"
        return f"ticket-{found[0].number}/{_CLOSED}" if found else None

    def _search(self, key: str) -> Iterator[Ticket]:
        after: str | None = None
        for _ in range(_MOST_PAGES):
            answer = self._transport.fetch("/tickets/search", body=search_of(key, self._settings, after))
            page = self.understood(partial(found_in, attribute=self._attribute), answer, "a search")
            yield from page.tickets
            after = page.after
            if after is None:
                return
        raise ConnectorUnreachable(self.connector, "a search", "it has no end")

    def _ticket(self, number: str) -> Ticket:
        what = f"a read of ticket {number}"
        answer = self._transport.fetch(f"/tickets/{number}")
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return self.understood(partial(same_in, attribute=self._attribute, number=number), answer, what)

    def _note_on(self, conversation: str, key: str) -> str | None:
        """Our note under the key among the parts of the conversation, of which Intercom gives the last 500."""
        what = f"a read of conversation {conversation}"
        answer = self._transport.fetch(f"/conversations/{conversation}", {"display_as": "plaintext"})
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return our_part(self.understood(partial(conversation_in, number=conversation), answer, what), key, self._admin)

    def _other_than_sent(self, order: Order) -> ConnectorRefused:
        return ConnectorRefused(self.connector, order.what, "it is no longer as it was sent, so it was left as it is")

    @property
    def _attribute(self) -> str:
        return self._settings["key_attribute"]

    @property
    def _admin(self) -> str:
        return self._settings["admin_id"]
