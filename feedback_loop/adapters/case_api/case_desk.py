"""The cases and actions of the case system that runs in this process: what it answers to each request, without any HTTP.

Every write carries a key. The rule that is easy to break: a repeated key gets the first answer and changes nothing, even after the case
went on; the same key for another request is refused. A refused write is not remembered, so its key may be used again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from feedback_loop.contracts.actions import CaseImage
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import ActionKind

Json = dict[str, Any] | list[dict[str, Any]]

_OK, _CREATED, _BAD_REQUEST, _NOT_FOUND, _CONFLICT, _OTHER_REQUEST = 200, 201, 400, 404, 409, 422
_AS_SENT, _TAKEN_UP, _UNDONE = "as_sent", "taken_up", "undone"
_WRITES = {"POST", "PATCH"}
_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")


@dataclass(frozen=True)
class DeskRequest:
    """What of an HTTP request counts."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]
    idempotency_key: str | None = None
    expected_version: str | None = None
    authorization: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """All of them, by their names in small letters."""


@dataclass(frozen=True)
class DeskAnswer:
    """Status and JSON body, which may be none at all, or a text that is no JSON."""

    status: int
    body: Json
    has_body: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


class CaseDesk:
    """Cases and actions in memory; each request is answered as a whole, one after the other."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._lock = Lock()
        self._cases: dict[str, CaseImage] = {}
        self._actions: list[dict[str, Any]] = []
        self._answered: dict[str, tuple[DeskRequest, Json]] = {}

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The actions that were asked for, each once, in their order."""
        with self._lock:
            return [dict(action) for action in self._actions]

    @property
    def cases(self) -> list[CaseImage]:
        """The cases as they are now, in the order in which they were opened."""
        with self._lock:
            return list(self._cases.values())

    def answer(self, request: DeskRequest) -> DeskAnswer:
        """What the system answers to the request."""
        with self._lock:
            return self._write(request) if request.method in _WRITES else self._read(request)

    def _write(self, request: DeskRequest) -> DeskAnswer:
        key = request.idempotency_key
        if not key:
            return _refusal(_BAD_REQUEST, "header Idempotency-Key is missing")
        if key in self._answered:
            first, body = self._answered[key]
            return DeskAnswer(_OK, body) if first == request else _refusal(_OTHER_REQUEST, "this key belongs to another request")
        given = self._carried_out(request, key)
        if given.status in (_OK, _CREATED):
            self._answered[key] = (request, given.body)
        return given

    def _carried_out(self, request: DeskRequest, key: str) -> DeskAnswer:
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["actions"]:
                return self._perform(request.body, key)
            case "POST", ["cases"]:
                return self._open(request.body, key)
            case "PATCH", ["cases", case_id]:
                return self._move(case_id, request)
            case "PATCH", ["actions", receipt_id]:
                return self._take_up(receipt_id)
        return _refusal(_NOT_FOUND, "no such resource")

    def _perform(self, body: Mapping[str, Any], key: str) -> DeskAnswer:
        if not (_is_text(body, "action_kind", "target") and isinstance(body.get("arguments"), dict)):
            return _refusal(_BAD_REQUEST, "an action needs action_kind, target and arguments")
        refused = self._undone(body["target"]) if body["action_kind"] == ActionKind.REVERSE_ACTION else None
        if refused is not None:
            return refused
        receipt = {"receipt_id": stable_id("receipt", key), "idempotency_key": key}
        self._actions.append({**body, **receipt, "action_state": _AS_SENT})
        return DeskAnswer(_CREATED, receipt)

    def _undone(self, receipt_id: str) -> DeskAnswer | None:
        """None where the action of the receipt was as it was sent and is undone now; otherwise why not."""
        action = self._action(receipt_id)
        if action is None:
            return _refusal(_NOT_FOUND, "no such action")
        if action["action_state"] != _AS_SENT:
            return DeskAnswer(_CONFLICT, {"action_state": action["action_state"]})
        action["action_state"] = _UNDONE
        return None

    def _take_up(self, receipt_id: str) -> DeskAnswer:
        """Somebody of the team works on what was asked for."""
        action = self._action(receipt_id)
        if action is None or action["action_state"] == _UNDONE:
            return _refusal(_NOT_FOUND, "no such action")
        action["action_state"] = _TAKEN_UP
        return DeskAnswer(_OK, {"receipt_id": receipt_id, "action_state": _TAKEN_UP})

    def _action(self, receipt_id: str) -> dict[str, Any] | None:
        return next((action for action in self._actions if action["receipt_id"] == receipt_id), None)

    def _open(self, body: Mapping[str, Any], key: str) -> DeskAnswer:
        case_id = body.get("case_id") or stable_id("case", key)
        if not _is_text(body, "queue", "owner") or not isinstance(case_id, str) or not _ID.fullmatch(case_id):
            return _refusal(_BAD_REQUEST, "a case needs queue and owner, and an id of letters, digits and _.-")
        if case_id in self._cases:
            return DeskAnswer(_CONFLICT, {"version": self._cases[case_id].version})
        return self._kept(CaseImage(case_id, body["queue"], body["owner"], 1, self._now()), _CREATED)

    def _move(self, case_id: str, request: DeskRequest) -> DeskAnswer:
        case = self._cases.get(case_id)
        if case is None:
            return _refusal(_NOT_FOUND, "no such case")
        changes = {name: value for name, value in request.body.items() if name in ("queue", "owner")}
        if not changes or not _is_text(request.body, *changes) or request.expected_version is None:
            return _refusal(_BAD_REQUEST, "a change needs header If-Match, and queue or owner")
        if request.expected_version.strip('"') != str(case.version):
            return DeskAnswer(_CONFLICT, {"version": case.version})
        return self._kept(replace(case, **changes, version=case.version + 1, changed_at=self._now()), _OK)

    def _kept(self, case: CaseImage, status: int) -> DeskAnswer:
        self._cases[case.case_id] = case
        return DeskAnswer(status, _as_json(case))

    def _read(self, request: DeskRequest) -> DeskAnswer:
        match request.path.strip("/"):
            case "actions":
                key = request.query.get("idempotency_key")
                found = [a for a in self._actions if a["idempotency_key"] == key]
                return DeskAnswer(_OK, [{name: a[name] for name in ("receipt_id", "idempotency_key")} for a in found])
            case "cases":
                wanted = request.query.get("ids", "").split(",")
                return DeskAnswer(_OK, [_as_json(self._cases[case_id]) for case_id in wanted if case_id in self._cases])
        return _refusal(_NOT_FOUND, "no such resource")


def _refusal(status: int, why: str) -> DeskAnswer:
    return DeskAnswer(status, {"error": why})


def _is_text(body: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(body.get(name), str) and body[name] for name in names)


def _as_json(case: CaseImage) -> dict[str, Any]:
    return {**vars(case), "changed_at": case.changed_at.isoformat()}
