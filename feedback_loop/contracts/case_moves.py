"""One case of a bulk re-route: where it was, where it is to go, and what came of moving it and of putting it back.

The rule that is easy to break: a move is written down as `planned` (a restore as `restoring`) before anything is sent, so that a run that
was killed in between is finished under the same key by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback_loop.contracts.loop_vocab import MoveStatus, SkipReason


@dataclass(frozen=True)
class CaseMove:
    """One case of one batch; `after_version` is None until the other system confirmed the move."""

    case_id: str
    from_queue: str
    from_owner: str
    from_version: int
    to_queue: str
    status: MoveStatus = MoveStatus.PLANNED
    after_version: int | None = None


@dataclass(frozen=True)
class SkippedCase:
    """A case that is left as it is, where it is now and who is to be told; both empty where the case is gone."""

    case_id: str
    reason: SkipReason
    queue: str = ""
    owner: str = ""
