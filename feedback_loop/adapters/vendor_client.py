"""What the clients of all vendors have in common: an action is looked up by its key, written once, and never read out of an odd answer.

A vendor's own client (`jira/client.py` and its neighbours) says only how it is asked and what it is told. The rules that are easy to break:
a read that is not allowed, or whose answer can't be read, says nothing about what was written, and a write that is not allowed wrote
nothing and may be tried again when the credentials are mended. So both are `ConnectorUnreachable`, and bad credentials fail no action for
good. An answer to a write that can't be read leaves it in doubt.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

import httpx2

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.transport import Transport
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
"""What reading an answer raises where it is not of the documented form."""

OK, CREATED, ACCEPTED, NO_CONTENT, NOT_FOUND, CONFLICT, GONE = 200, 201, 202, 204, 404, 409, 410
NOT_ALLOWED = (401, 403)
_CLIENT_ERROR, _TIMED_OUT = 400, 408

SETTLING = timedelta(minutes=5)
"""Far longer than an index lags as a rule (seconds), and than a request may take that was sent at the end of its claim's lease."""

_WRITE_WITHIN = timedelta(minutes=2)
"""A write that begins later could end too late to have settled when another process asks for it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    """One action that is being carried out: its key, what it is in words, and since when."""

    key: str
    what: str
    begun_at: datetime


class VendorClient(ABC):
    """A client of one tool; close it, or use it as a context manager."""

    takes: ClassVar[tuple[ActionKind, ...]]
    done: ClassVar[tuple[int, ...]] = (OK, CREATED, ACCEPTED, NO_CONTENT)
    """The statuses by which the vendor says that a write was done."""

    def __init__(self, address: str, headers: Mapping[str, str], clock: Clock, *, connector: str, timeout_seconds: float = 10.0) -> None:
        self._transport, self._clock = Transport(address, connector, timeout_seconds, headers), clock
        self._receipts: dict[str, Receipt] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self._transport.close()

    @property
    def connector(self) -> str:
        """The name under which the outbox knows it."""
        return self._transport.connector

    def perform(self, request: ActionRequest) -> Receipt:
        """The receipt of the write; the same key again gives the first one and writes nothing."""
        if request.action_kind not in self.takes:
            raise ConnectorRefused(self.connector, str(request.action_kind), "it can't be asked for here")
        order = Order(request.idempotency_key, f"{request.action_kind} of {request.target}", self._clock.now())
        try:
            known = self.receipt_for(order.key)
            if known is None:
                known = Receipt(self._write(request, order), order.key, is_repeat=False)
                self._receipts[order.key] = Receipt(known.receipt_id, order.key, is_repeat=True)
        except Unfit as error:
            raise ConnectorRefused(self.connector, order.what, f"{error} is no id, figure or label") from None
        return known

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        """The receipt of an earlier write under this key; None where the vendor knows of none."""
        if idempotency_key in self._receipts:
            return self._receipts[idempotency_key]
        try:
            receipt_id = self._looked_up(idempotency_key)
        except Unfit:
            raise ConnectorRefused(self.connector, "a look-up", "the key is no label") from None
        return None if receipt_id is None else Receipt(receipt_id, idempotency_key, is_repeat=True)

    @abstractmethod
    def _write(self, request: ActionRequest, order: Order) -> str:
        """The vendor's id of what it wrote, which it did not know under the key before."""

    @abstractmethod
    def _looked_up(self, key: str) -> str | None:
        """The vendor's id of what was written under the key, as far as it knows."""

    def sent(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        order: Order,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer of a write that was done."""
        if self._clock.now() > order.begun_at + _WRITE_WITHIN:
            raise ConnectorUnreachable(self.connector, order.what, "the look-ups before it took too long")
        where = path if not query else f"{path}?{httpx2.QueryParams(dict(query))}"
        return self._accepted(self._transport.write(method, where, body, order.key, what=order.what, headers=headers), order)

    def _accepted(self, answer: httpx2.Response, order: Order) -> httpx2.Response:
        status = answer.status_code
        if status == _TIMED_OUT or (status not in self.done and status < _CLIENT_ERROR):
            raise WriteInDoubt(self.connector, order.key, f"status {status}")
        if status in NOT_ALLOWED:
            raise ConnectorUnreachable(self.connector, order.what, f"status {status}, so its credentials do not suffice")
        if status not in self.done:
            raise ConnectorRefused(self.connector, order.what, f"status {status}")
        return answer

    def written(self, part: Callable[[Any], T], answer: httpx2.Response, key: str) -> T:
        """What the part makes of the answer to a write; one that can't be read leaves it in doubt."""
        try:
            return part(answer.json())
        except UNREADABLE:
            raise WriteInDoubt(self.connector, key, "its answer can't be read") from None

    def understood(self, part: Callable[[Any], T], answer: httpx2.Response, what: str) -> T:
        """What the part makes of a good answer to a read; any other answer says nothing about what was written."""
        if answer.status_code != OK:
            why = ", so its credentials do not suffice" if answer.status_code in NOT_ALLOWED else ""
            raise ConnectorUnreachable(self.connector, what, f"status {answer.status_code}{why}")
        try:
            return part(answer.json())
        except UNREADABLE:
            raise ConnectorUnreachable(self.connector, what, "its answer can't be read") from None


class LateVendorClient(VendorClient):
    """A client whose vendor looks things up in an index that lags behind the writes.

    "Not found" says nothing about a write of a moment ago: it counts only after `settling_time`, and until then the write stays in doubt.
    Who carries out (`workflows/execute`) waits by the time of the claim, which outlives the process; this waits as well for what it sent
    itself, whoever calls it. What remains: an index that lags for longer could lead to a second write.
    """

    settling_time = SETTLING

    def __init__(self, address: str, headers: Mapping[str, str], clock: Clock, *, connector: str, timeout_seconds: float = 10.0) -> None:
        super().__init__(address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._sent_at: dict[str, datetime] = {}

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        """As above; raises WriteInDoubt where this client sent it so lately that the index may not know it yet."""
        found = super().receipt_for(idempotency_key)
        sent_at = self._sent_at.get(idempotency_key)
        if found is None and sent_at is not None and self._clock.now() < sent_at + self.settling_time:
            raise WriteInDoubt(self.connector, idempotency_key, "the search may not know it yet")
        return found

    def sent(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any],
        order: Order,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer of a write that was done."""
        self._sent_at[order.key] = self._clock.now()
        try:
            return super().sent(method, path, body, order, query=query, headers=headers)
        except ConnectorRefused:
            # Nothing was written, so nothing has to settle.
            del self._sent_at[order.key]
            raise
