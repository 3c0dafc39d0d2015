"""Plans of a bulk re-route and of its undoing: each case in one list, and nothing is put back that somebody changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.actions import CaseImage
from feedback_loop.contracts.case_moves import CaseMove, SkippedCase
from feedback_loop.contracts.loop_vocab import MoveStatus, SkipReason
from feedback_loop.remediation.reroute import move_key, owners_to_tell, plan_reroute, plan_restore, restore_key
from feedback_loop_tests.fakes import START

IDS = [f"case_{n}" for n in range(6)]
QUEUES = ["checkout", "billing", "returns"]
IMAGES = st.builds(
    CaseImage, st.sampled_from(IDS), st.sampled_from(QUEUES), st.sampled_from(["ada", "bo"]), st.integers(1, 5), st.just(START)
)
WORLDS = st.lists(IMAGES, unique_by=lambda image: image.case_id)
MOVED = CaseMove("case_1", "checkout", "ada", 3, "billing", MoveStatus.MOVED, 4)
AS_MOVED = CaseImage("case_1", "billing", "ada", 4, START)


def test_a_re_route_remembers_how_each_case_was() -> None:
    plan = plan_reroute(["case_1", "case_1"], [CaseImage("case_1", "checkout", "ada", 3, START)], "billing")
    assert plan.moves == (CaseMove("case_1", "checkout", "ada", 3, "billing"),)
    assert plan.skipped == ()


def test_a_re_route_skips_what_is_gone_or_there_already() -> None:
    plan = plan_reroute(["case_1", "case_2"], [CaseImage("case_1", "billing", "ada", 3, START)], "billing")
    assert plan.moves == ()
    assert plan.skipped == (
        SkippedCase("case_1", SkipReason.ALREADY_THERE, "billing", "ada"),
        SkippedCase("case_2", SkipReason.GONE),
    )


@pytest.mark.parametrize(
    "now",
    [
        replace(AS_MOVED, version=5),
        replace(AS_MOVED, queue="returns"),
        replace(AS_MOVED, queue="checkout", version=5),
        replace(AS_MOVED, version=3),
    ],
)
def test_a_case_that_somebody_changed_stays_and_its_owner_is_named(now: CaseImage) -> None:
    plan = plan_restore([MOVED], [replace(now, owner="bo")])
    assert plan.to_restore == ()
    assert plan.skipped == (SkippedCase("case_1", SkipReason.CHANGED_SINCE, now.queue, "bo"),)


def test_a_case_that_is_as_the_move_left_it_is_put_back_whoever_owns_it() -> None:
    assert plan_restore([MOVED], [replace(AS_MOVED, owner="bo")]).to_restore == (MOVED,)


@pytest.mark.parametrize(
    ("status", "version_now", "place"),
    [
        (MoveStatus.NOT_MOVED, 9, "untouched"),
        (MoveStatus.PLANNED, 3, "untouched"),
        (MoveStatus.PLANNED, 4, "skipped"),
        (MoveStatus.MOVED, 4, "to_restore"),
        (MoveStatus.RESTORING, 9, "to_restore"),
        (MoveStatus.RESTORED, 9, "restored_before"),
    ],
)
def test_where_a_case_belongs_depends_on_how_far_it_got(status: MoveStatus, version_now: int, place: str) -> None:
    plan = plan_restore([replace(MOVED, status=status)], [replace(AS_MOVED, version=version_now)])
    assert {name: len(found) for name, found in vars(plan).items() if found} == {place: 1}


@given(WORLDS, WORLDS, st.lists(st.sampled_from(IDS)), st.data())
def test_every_case_is_in_exactly_one_list(before: list[CaseImage], now: list[CaseImage], asked: list[str], data: st.DataObject) -> None:
    plan = plan_reroute(asked, before, "billing")
    assert sorted([m.case_id for m in plan.moves] + [s.case_id for s in plan.skipped]) == sorted(set(asked))
    reached = st.sampled_from([(status, 4) for status in MoveStatus if status is not MoveStatus.PLANNED] + [(MoveStatus.PLANNED, None)])
    moves = [replace(move, status=status, after_version=after) for move in plan.moves for status, after in [data.draw(reached)]]
    undo = plan_restore(moves, now)
    placed = [m.case_id for m in undo.to_restore] + [s.case_id for s in undo.skipped] + [*undo.restored_before, *undo.untouched]
    assert sorted(placed) == sorted(move.case_id for move in moves)


def test_owners_are_told_once_with_all_of_their_cases_by_queue() -> None:
    skipped = [
        SkippedCase("case_3", SkipReason.CHANGED_SINCE, "billing", "bo"),
        SkippedCase("case_1", SkipReason.CHANGED_SINCE, "billing", "bo"),
        SkippedCase("case_2", SkipReason.CHANGED_SINCE, "returns", "ada"),
        SkippedCase("case_4", SkipReason.GONE),
    ]
    assert owners_to_tell(skipped) == {("ada", "returns"): ("case_2",), ("bo", "billing"): ("case_1", "case_3")}


def test_a_key_is_the_same_for_the_same_write_only() -> None:
    keys = {
        move_key("batch_1", MOVED), restore_key("batch_1", MOVED), move_key("batch_2", MOVED), restore_key("batch_2", MOVED),
        move_key("batch_1", replace(MOVED, case_id="case_2")), move_key("batch_1", replace(MOVED, to_queue="returns")),
        restore_key("batch_1", replace(MOVED, after_version=9)),
    }  # fmt: skip
    assert len(keys) == 7
    assert move_key("batch_1", replace(MOVED, status=MoveStatus.PLANNED, after_version=None)) == move_key("batch_1", MOVED)
