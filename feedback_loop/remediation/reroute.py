"""A bulk re-route and its undoing, as plans: which cases are to be moved, which may be put back, which are left and who is to be told.

Carrying them out is the part of `workflows/reroute.py`. The rule that is easy to break: a case is put back only where it still is exactly
as our move left it (queue and version); whatever somebody did since stays, and is reported with its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feedback_loop.contracts.actions import CaseImage
from feedback_loop.contracts.case_moves import CaseMove, SkippedCase
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import MoveStatus, SkipReason


@dataclass(frozen=True)
class ReroutePlan:
    """What a re-route would do."""

    moves: tuple[CaseMove, ...]
    skipped: tuple[SkippedCase, ...]


@dataclass(frozen=True)
class RestorePlan:
    """What undoing a re-route would do; `untouched` were never moved by it, `restored_before` were put back by an earlier run."""

    to_restore: tuple[CaseMove, ...]
    restored_before: tuple[str, ...]
    untouched: tuple[str, ...]
    skipped: tuple[SkippedCase, ...]


def plan_reroute(case_ids: Sequence[str], images: Iterable[CaseImage], to_queue: str) -> ReroutePlan:
    """The moves of the cases to the queue, each once and with how it was before; those that are gone or there already are skipped."""
    held = {image.case_id: image for image in images}
    moves: list[CaseMove] = []
    skipped: list[SkippedCase] = []
    for case_id in dict.fromkeys(case_ids):
        image = held.get(case_id)
        if image is None or image.queue == to_queue:
            skipped.append(skipped_case(case_id, SkipReason.ALREADY_THERE, image))
        else:
            moves.append(CaseMove(case_id, image.queue, image.owner, image.version, to_queue))
    return ReroutePlan(tuple(moves), tuple(skipped))


def plan_restore(moves: Iterable[CaseMove], images_now: Iterable[CaseImage]) -> RestorePlan:
    """What of the moves can be put back, with every case in exactly one of the four lists."""
    held = {image.case_id: image for image in images_now}
    to_restore: list[CaseMove] = []
    before: list[str] = []
    untouched: list[str] = []
    skipped: list[SkippedCase] = []
    for move in moves:
        reason = _reason_to_skip(move, held.get(move.case_id))
        if move.status is MoveStatus.RESTORED:
            before.append(move.case_id)
        elif reason is SkipReason.NEVER_MOVED:
            untouched.append(move.case_id)
        elif reason is not None:
            skipped.append(skipped_case(move.case_id, reason, held.get(move.case_id)))
        else:
            to_restore.append(move)
    return RestorePlan(tuple(to_restore), tuple(before), tuple(untouched), tuple(skipped))


def _reason_to_skip(move: CaseMove, image: CaseImage | None) -> SkipReason | None:
    match move.status:
        case MoveStatus.NOT_MOVED:
            return SkipReason.NEVER_MOVED
        case MoveStatus.PLANNED:
            return SkipReason.NEVER_MOVED if image is None or image.version == move.from_version else SkipReason.IN_DOUBT
        case MoveStatus.RESTORING:
            # It may have been put back already; only sending it again under its key can tell.
            return None
    if image is None:
        return SkipReason.GONE
    return None if (image.queue, image.version) == (move.to_queue, move.after_version) else SkipReason.CHANGED_SINCE


def skipped_case(case_id: str, reason: SkipReason, image: CaseImage | None) -> SkippedCase:
    """The case with its queue and owner of now; one without an image is gone, whatever the reason would be."""
    if image is None:
        return SkippedCase(case_id, SkipReason.GONE)
    return SkippedCase(case_id, reason, image.queue, image.owner)


def owners_to_tell(skipped: Iterable[SkippedCase]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The case ids by owner and queue of those that somebody has to look at; cases that are gone have nobody to tell."""
    found: dict[tuple[str, str], list[str]] = {}
    for case in skipped:
        if case.owner:
            found.setdefault((case.owner, case.queue), []).append(case.case_id)
    return {who: tuple(sorted(case_ids)) for who, case_ids in sorted(found.items())}


def move_key(batch_id: str, move: CaseMove) -> str:
    """The key under which the other system knows the move, for ever."""
    return stable_id("move", batch_id, move.case_id, move.from_version, move.to_queue)


def restore_key(batch_id: str, move: CaseMove) -> str:
    """The key under which the other system knows that the case was put back."""
    return stable_id("restore", batch_id, move.case_id, move.after_version, move.from_queue)
