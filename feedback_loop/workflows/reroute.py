"""Moves many cases to another queue, and puts them back: through a case system, remembered in a ledger, noted in the audit trail.

What is planned stands in `remediation/reroute.py`. The rule that is easy to break: the ledger knows of a write before it is sent, and a
write is only ever sent again under its own key, so that a run which was killed anywhere is finished by calling the same function again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedback_loop.contracts.actions import CaseImage
from feedback_loop.contracts.case_moves import CaseMove, SkippedCase
from feedback_loop.contracts.loop_vocab import MoveStatus, SkipReason
from feedback_loop.errors import BadInput, CaseChanged, ConnectorRefused, ConnectorUnreachable, NothingLanded, WriteInDoubt
from feedback_loop.ports import AuditLog, CaseSystem, Clock, MoveLedger
from feedback_loop.remediation.reroute import RestorePlan, move_key, plan_reroute, plan_restore, restore_key, skipped_case
from feedback_loop.workflows.audit import require_whole

Note = Callable[[str, str, str, Mapping[str, object], datetime], None]
"""Adds to the audit trail: event, subject, actor, content, instant."""

_CHUNK = 25
"""So many cases are written down at once; what a kill loses of them is found again by their keys."""


@dataclass(frozen=True)
class Desk:
    """The world of a re-route: where cases are, what is remembered and noted, who acts and when."""

    system: CaseSystem
    ledger: MoveLedger
    audit: AuditLog
    note: Note
    clock: Clock
    actor: str


@dataclass(frozen=True)
class RerouteReport:
    """What became of the cases of a re-route, those of earlier runs of the same batch included."""

    batch_id: str
    moved: tuple[str, ...]
    skipped: tuple[SkippedCase, ...]


@dataclass(frozen=True)
class RestoreReport:
    """What became of the cases of a re-route that was undone; the same however often it is called."""

    batch_id: str
    restored: tuple[str, ...]
    untouched: tuple[str, ...]
    skipped: tuple[SkippedCase, ...]


@dataclass(frozen=True)
class _Tried:
    """A move as it stands after it was sent, and why it did not happen."""

    move: CaseMove
    reason: SkipReason | None = None


def reroute(batch_id: str, case_ids: Sequence[str], to_queue: str, desk: Desk) -> RerouteReport:
    """Moves the cases to the queue; called again with the same batch, it finishes what is unfinished and moves nothing twice."""
    require_whole(desk.audit)
    known = desk.ledger.moves_of(batch_id)
    if any(move.to_queue != to_queue for move in known):
        raise BadInput(f"batch {batch_id} moves cases to another queue. Give a new batch its own id.")
    fresh = [case_id for case_id in case_ids if case_id not in {move.case_id for move in known}]
    plan = plan_reroute(fresh, desk.system.cases(fresh), to_queue)
    if plan.moves:
        desk.ledger.record_moves(batch_id, plan.moves)
        _noted(desk, "reroute_started", batch_id, {"to_queue": to_queue, "case_ids": [move.case_id for move in plan.moves]})
    tried = _all_tried(desk, batch_id, [m for m in [*known, *plan.moves] if m.status is MoveStatus.PLANNED], _moved)
    moved = {m.case_id for m in desk.ledger.moves_of(batch_id) if m.after_version is not None}
    report = RerouteReport(batch_id, tuple(sorted(moved)), (*plan.skipped, *_skipped(desk.system, tried)))
    if tried:
        _noted(desk, "reroute_finished", batch_id, {"moved_count": len(report.moved), "skipped": _as_content(report.skipped)})
    return report


def preview_restore(batch_id: str, system: CaseSystem, ledger: MoveLedger) -> RestorePlan:
    """What putting the batch back would do now; nothing is changed."""
    moves = _moves_of(batch_id, ledger)
    return plan_restore(moves, system.cases([move.case_id for move in moves]))


def restore(batch_id: str, desk: Desk) -> RestoreReport:
    """Puts back every case of the batch that is as the batch left it; called again, it finishes what is unfinished and reports the same."""
    require_whole(desk.audit)
    moves = _moves_of(batch_id, desk.ledger)
    images = desk.system.cases([move.case_id for move in moves])
    _settle(desk, batch_id, moves, images)
    plan = plan_restore(desk.ledger.moves_of(batch_id), images)
    restoring = [replace(move, status=MoveStatus.RESTORING) for move in plan.to_restore]
    if restoring:
        desk.ledger.record_moves(batch_id, restoring)
        _noted(desk, "restore_started", batch_id, {"case_ids": [move.case_id for move in restoring]})
    tried = _all_tried(desk, batch_id, restoring, _put_back)
    restored = sorted([*plan.restored_before, *(t.move.case_id for t in tried if t.reason is None)])
    skipped = sorted([*plan.skipped, *_skipped(desk.system, tried)], key=lambda case: case.case_id)
    report = RestoreReport(batch_id, tuple(restored), plan.untouched, tuple(skipped))
    if restoring:
        _noted(desk, "restore_finished", batch_id, {"restored_count": len(restored), "skipped": _as_content(skipped)})
    return report


def _moves_of(batch_id: str, ledger: MoveLedger) -> list[CaseMove]:
    moves = ledger.moves_of(batch_id)
    if not moves:
        raise NothingLanded(f"no batch {batch_id} was moved from here", "`feedback-loop audit show` lists what was.")
    return moves


def _settle(desk: Desk, batch_id: str, moves: Iterable[CaseMove], images: Iterable[CaseImage]) -> None:
    """Finds out about moves of which nobody knows whether they happened.

    Their cases have changed, so that sending them again under their keys gives the first answer or a refusal, and never moves anything.
    """
    versions = {image.case_id: image.version for image in images}
    planned = [move for move in moves if move.status is MoveStatus.PLANNED]
    doubtful = [move for move in planned if versions.get(move.case_id, move.from_version) != move.from_version]
    _all_tried(desk, batch_id, doubtful, _moved)


def _all_tried(desk: Desk, batch_id: str, moves: Sequence[CaseMove], send: Callable[[CaseSystem, str, CaseMove], CaseMove]) -> list[_Tried]:
    """The moves after they were sent, written down in small groups; one that ends in doubt is sent once more under its key."""
    tried: list[_Tried] = []
    for start in range(0, len(moves), _CHUNK):
        done: list[_Tried] = []
        try:
            for move in moves[start : start + _CHUNK]:
                done.append(_tried(desk.system, batch_id, move, send))
        finally:
            desk.ledger.record_moves(batch_id, [t.move for t in done])
        tried += done
    return tried


def _tried(system: CaseSystem, batch_id: str, move: CaseMove, send: Callable[[CaseSystem, str, CaseMove], CaseMove]) -> _Tried:
    try:
        try:
            return _Tried(send(system, batch_id, move))
        except WriteInDoubt:
            return _Tried(send(system, batch_id, move))
    except WriteInDoubt:
        return _Tried(move, SkipReason.IN_DOUBT)
    except CaseChanged:
        return _Tried(_given_up(move), SkipReason.CHANGED_SINCE)
    except ConnectorUnreachable:
        raise
    except ConnectorRefused:
        return _Tried(_given_up(move), SkipReason.REFUSED)


def _moved(system: CaseSystem, batch_id: str, move: CaseMove) -> CaseMove:
    image = system.move_case(move.case_id, move.to_queue, move.from_version, move_key(batch_id, move))
    return replace(move, status=MoveStatus.MOVED, after_version=image.version)


def _put_back(system: CaseSystem, batch_id: str, move: CaseMove) -> CaseMove:
    if move.after_version is None:
        raise BadInput(f"case {move.case_id} of batch {batch_id} has no after-image. It can't be put back from here; look at it by hand.")
    system.move_case(move.case_id, move.from_queue, move.after_version, restore_key(batch_id, move))
    return replace(move, status=MoveStatus.RESTORED)


def _given_up(move: CaseMove) -> CaseMove:
    """One that was to be moved never was; one that was to be put back stays where the batch left it."""
    return replace(move, status=MoveStatus.MOVED if move.status is MoveStatus.RESTORING else MoveStatus.NOT_MOVED)


def _skipped(system: CaseSystem, tried: Sequence[_Tried]) -> list[SkippedCase]:
    """The cases that were not written, with the queue and the owner of now."""
    reasons = {t.move.case_id: t.reason for t in tried if t.reason is not None}
    images = {image.case_id: image for image in system.cases(list(reasons))} if reasons else {}
    return [skipped_case(case_id, reason, images.get(case_id)) for case_id, reason in reasons.items()]


def _as_content(skipped: Iterable[SkippedCase]) -> list[dict[str, str]]:
    return [{"case_id": case.case_id, "reason": str(case.reason)} for case in skipped]


def _noted(desk: Desk, event: str, batch_id: str, content: Mapping[str, object]) -> None:
    desk.note(event, batch_id, desk.actor, {"connector": desk.system.connector, **content}, desk.clock.now())
