"""A move begins as planned, before anything is sent."""

from __future__ import annotations

from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.loop_vocab import MoveStatus


def test_a_move_begins_as_planned_without_an_after_image() -> None:
    move = CaseMove("case_1", "checkout", "ada", 3, "billing")
    assert (move.status, move.after_version) == (MoveStatus.PLANNED, None)
