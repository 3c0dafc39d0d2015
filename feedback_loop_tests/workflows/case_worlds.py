"""Case systems for tests of the re-route: over real HTTP, or in memory and killed in the middle of the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.audit_trail import Anchor, AuditEntry, AuditRecord
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.ports import CaseSystem
from feedback_loop.remediation.audit import anchor_of, seal
from feedback_loop.workflows.reroute import Desk
from feedback_loop_tests.fakes import FakeClock

SALT = "5a17"


class Killed(BaseException):
    """The process ended here."""


class FakeMoveLedger:
    """Moves in memory."""

    def __init__(self) -> None:
        self._moves: dict[str, dict[str, CaseMove]] = {}

    def record_moves(self, batch_id: str, moves: Sequence[CaseMove]) -> None:
        self._moves.setdefault(batch_id, {}).update({move.case_id: move for move in moves})

    def moves_of(self, batch_id: str) -> list[CaseMove]:
        return sorted(self._moves.get(batch_id, {}).values(), key=lambda move: move.case_id)


class KilledAfter:
    """A case system whose caller is killed right after a number of moves were written, before it hears of the last of them."""

    def __init__(self, inner: CaseSystem, moves_left: int) -> None:
        self._inner, self._left = inner, moves_left

    @property
    def connector(self) -> str:
        return self._inner.connector

    def perform(self, request: ActionRequest) -> Receipt:
        return self._inner.perform(request)

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        return self._inner.receipt_for(idempotency_key)

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        return self._inner.cases(case_ids)

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        image = self._inner.move_case(case_id, queue, expected_version, idempotency_key)
        self._left -= 1
        if not self._left:
            raise Killed
        return image


class Notes:
    """The audit trail in memory, sealed as it is noted; `records_now` may be spoilt by a test."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.records_now: list[AuditRecord] = []

    def __call__(self, event: str, subject_id: str, actor: str, content: Mapping[str, object], at: datetime) -> None:
        self.entries.append(AuditEntry(at, event, subject_id, actor, content))
        self.records_now.append(seal(self.records_now[-1] if self.records_now else None, self.entries[-1], SALT))

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self.entries]

    def records(self) -> list[AuditRecord]:
        return list(self.records_now)

    def contents(self) -> dict[int, tuple[str, Mapping[str, object]]]:
        return {number: (SALT, entry.content) for number, entry in enumerate(self.entries, 1)}

    def anchor(self) -> Anchor | None:
        return anchor_of(self.records_now[-1]) if self.records_now else None

    def anchors(self) -> list[Anchor]:
        return [anchor for anchor in [self.anchor()] if anchor is not None]

    def verifying_key(self) -> VerifyingKey | None:
        return None


def desk_of(system: CaseSystem, ledger: FakeMoveLedger, notes: Notes) -> Desk:
    return Desk(system, ledger, notes, notes, FakeClock(), "ada")
