"""The case system of a team, asked over HTTP: fulfils `ports.CaseSystem`. How requests get there stands in `adapters/transport.py`.

The rule that is easy to break: an answer to a write that can't be read leaves the write in doubt, as no answer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from feedback_loop.adapters.transport import Transport
from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.loop_vocab import TAKES_BACK
from feedback_loop.errors import CaseChanged, ConnectorRefused, ConnectorUnreachable, WriteInDoubt

_IDS_PER_REQUEST = 100
_LONGEST_TEXT = 200
_OK, _CREATED, _CLIENT_ERROR, _CONFLICT = 200, 201, 400, 409
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
"""What reading an answer raises where it is not of the agreed form."""


class CaseApiClient:
    """A client of one case system; close it, or use it as a context manager."""

    def __init__(self, url: str, *, connector: str = "case_api", timeout_seconds: float = 10.0) -> None:
        self._transport = Transport(url, connector, timeout_seconds)

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
        """The receipt of the write; the same key again gives the first receipt and writes nothing.

        What takes an action back is refused where somebody changed what that action left.
        """
        body = {"action_kind": str(request.action_kind), "target": request.target, "arguments": dict(request.arguments)}
        key, what = request.idempotency_key, f"{request.action_kind} of {request.target}"
        answer = self._transport.write("POST", "/actions", body, key, what=what, headers=_keyed(key))
        if answer.status_code == _CONFLICT and request.action_kind in TAKES_BACK:
            raise ConnectorRefused(self.connector, what, "it is no longer as it was sent, so it was left as it is")
        self._done(answer, what, key)
        try:
            receipt = _receipt_of(answer.json(), is_repeat=answer.status_code != _CREATED)
        except _UNREADABLE:
            raise self._in_doubt(key) from None
        if receipt.idempotency_key != key:
            raise self._in_doubt(key)
        return receipt

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        """The receipt of an earlier write under this key; None where there was none."""
        found = self._transport.read("/actions", {"idempotency_key": idempotency_key})
        try:
            receipts = [_receipt_of(item, is_repeat=True) for item in found]
        except _UNREADABLE:
            raise self._unreadable("/actions") from None
        if any(receipt.idempotency_key != idempotency_key for receipt in receipts):
            # The answer to another question says nothing of this key, and "it was not written" would send it again.
            raise self._unreadable("/actions")
        return next(iter(receipts), None)

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        """The cases as they are now, in the order asked for; those that don't exist are left out."""
        found: dict[str, CaseImage] = {}
        for start in range(0, len(case_ids), _IDS_PER_REQUEST):
            rows = self._transport.read("/cases", {"ids": ",".join(case_ids[start : start + _IDS_PER_REQUEST])})
            try:
                found |= {case.case_id: case for case in map(_case_of, rows)}
            except _UNREADABLE:
                raise self._unreadable("/cases") from None
        return [found[case_id] for case_id in case_ids if case_id in found]

    def open_case(self, queue: str, owner: str, idempotency_key: str, case_id: str | None = None) -> CaseImage:
        """A new case of this queue and owner, under the id that is given or one that the system chooses."""
        body = {"queue": queue, "owner": owner, **({} if case_id is None else {"case_id": case_id})}
        what = "a new case"
        answer = self._transport.write("POST", "/cases", body, idempotency_key, what=what, headers=_keyed(idempotency_key))
        return self._case_in(self._done(answer, what, idempotency_key), idempotency_key)

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        """The case after it was moved to the queue; raises CaseChanged where its version is another than expected."""
        path, what = f"/cases/{quote(case_id, safe='')}", f"a move of {case_id}"
        headers = {**_keyed(idempotency_key), "If-Match": str(expected_version)}
        answer = self._transport.write("PATCH", path, {"queue": queue}, idempotency_key, what=what, headers=headers)
        if answer.status_code == _CONFLICT:
            raise _changed(answer, case_id, expected_version)
        return self._case_in(self._done(answer, what, idempotency_key), idempotency_key)

    def _done(self, answer: httpx2.Response, what: str, key: str) -> httpx2.Response:
        if answer.status_code not in (_OK, _CREATED) and answer.status_code < _CLIENT_ERROR:
            # Accepted for later, done without a body, or to be asked for elsewhere: it may well be written.
            raise self._in_doubt(key)
        if answer.status_code not in (_OK, _CREATED):
            raise ConnectorRefused(self.connector, what, f"status {answer.status_code}")
        return answer

    def _case_in(self, answer: httpx2.Response, key: str) -> CaseImage:
        try:
            return _case_of(answer.json())
        except _UNREADABLE:
            raise self._in_doubt(key) from None

    def _in_doubt(self, key: str) -> WriteInDoubt:
        return WriteInDoubt(self.connector, key, "its answer can't be read")

    def _unreadable(self, path: str) -> ConnectorUnreachable:
        return ConnectorUnreachable(self.connector, f"a read of {path}", "its answer can't be read")


def _keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def _changed(answer: httpx2.Response, case_id: str, expected_version: int) -> CaseChanged:
    try:
        present = int(answer.json()["version"])
    except _UNREADABLE:
        # The refusal is certain even where its reason can't be read.
        present = -1
    return CaseChanged(case_id, expected_version, present)


def _receipt_of(body: Mapping[str, Any], *, is_repeat: bool) -> Receipt:
    return Receipt(_text(body["receipt_id"]), _text(body["idempotency_key"]), is_repeat)


def _case_of(body: Mapping[str, Any]) -> CaseImage:
    changed_at = datetime.fromisoformat(body["changed_at"])
    if changed_at.tzinfo is None or isinstance(body["version"], bool) or not isinstance(body["version"], int):
        raise ValueError("an instant without a time zone, or no version")
    case_id, queue, owner = (_text(body[name]) for name in ("case_id", "queue", "owner"))
    return CaseImage(case_id, queue, owner, body["version"], changed_at.astimezone(UTC))


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
        raise ValueError("no short, printable text")
    return value
