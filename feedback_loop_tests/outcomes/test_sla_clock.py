"""Clocks: one per run of a complaint, whatever the order in which its steps are told, and as it was known when it started."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.outcome_vocab import SlaStage, SlaStep
from feedback_loop.outcomes.sla_clock import Clock, Step, clocks_of
from feedback_loop.outcomes.sla_policy import Subject

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
LOW, URGENT = Subject("low", "crash", "free"), Subject("urgent", "crash", "enterprise")


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def step(name: str, minutes: int, complaint: str = "c1", subject: Subject | None = None) -> Step:
    return Step(complaint, SlaStep(name), at(minutes), subject)


def only(*steps: Step, originals: dict[str, str] | None = None) -> Clock:
    (clock,) = clocks_of(steps, originals)
    return clock


STEPS = st.lists(
    st.builds(step, st.sampled_from([*SlaStep]), st.integers(0, 30), st.sampled_from(["c1", "c2"]), st.sampled_from([None, LOW, URGENT])),
    max_size=14,
)


def test_a_clock_starts_with_the_complaint_and_holds_its_steps() -> None:
    clock = only(step("opened", 0, subject=LOW), step("triaged", 5), step("mitigated", 20), step("remediated", 60), step("confirmed", 90))
    assert (clock.complaint_id, clock.subject, clock.started_at) == ("c1", LOW, START)
    assert [clock.ended_at(stage) for stage in SlaStage] == [at(5), at(20), at(60), at(90)]


def test_a_later_step_ends_the_stages_before_it_too() -> None:
    clock = only(step("opened", 0), step("remediated", 30), step("triaged", 40))
    assert [clock.ended_at(stage) for stage in SlaStage] == [at(30), at(30), at(30), None]


def test_only_the_first_of_several_equal_steps_counts() -> None:
    assert only(step("opened", 0), step("triaged", 5), step("triaged", 9)).ended_at(SlaStage.TRIAGE) == at(5)


def test_a_reopened_complaint_starts_a_new_clock_and_ends_the_old_one() -> None:
    first, second = clocks_of([step("opened", 0), step("remediated", 30), step("reopened", 500), step("triaged", 505)])
    assert (first.started_at, first.closed_at, second.started_at, second.closed_at) == (at(0), at(500), at(500), None)
    assert first.ended_at(SlaStage.TRIAGE) == at(30)
    assert second.ended_at(SlaStage.TRIAGE) == at(505)
    assert first.clock_id != second.clock_id


def test_a_complaint_that_is_reopened_at_the_instant_of_its_fix_comes_back_after_it() -> None:
    assert [clock.started_at for clock in clocks_of([step("reopened", 30), step("remediated", 30), step("opened", 0)])] == [at(0), at(30)]


def test_reopening_what_is_not_over_starts_nothing() -> None:
    assert only(step("opened", 0), step("reopened", 10), step("triaged", 15)).started_at == at(0)


def test_a_duplicate_has_no_clock_of_its_own() -> None:
    clock = only(
        step("opened", 0, "c1", URGENT), step("opened", 3, "c2", LOW), step("triaged", 4, "c2"), originals={"c3": "c2", "c2": "c1"}
    )
    assert (clock.complaint_id, clock.subject) == ("c1", URGENT)
    assert clock.ended_at(SlaStage.TRIAGE) == at(4)


def test_a_duplicate_after_the_fix_says_that_it_did_not_hold() -> None:
    steps = [step("opened", 0, "c1"), step("remediated", 30, "c1"), step("opened", 90, "c2", LOW)]
    assert [(clock.complaint_id, clock.started_at) for clock in clocks_of(steps, {"c2": "c1"})] == [("c1", at(0)), ("c1", at(90))]


def test_what_a_duplicate_says_of_itself_is_not_known_of_a_later_clock() -> None:
    steps = [step("opened", 0, subject=URGENT), step("opened", 5, subject=LOW), step("remediated", 30), step("reopened", 60)]
    assert [clock.subject for clock in clocks_of(steps)] == [URGENT, URGENT]


def test_complaints_that_repeat_each_other_in_a_ring_are_one() -> None:
    ring = {"c1": "c2", "c2": "c1", "c3": "c2"}
    assert only(step("opened", 0, "c2"), step("opened", 1, "c1"), step("opened", 2, "c3"), originals=ring).complaint_id == "c1"


def test_what_becomes_known_later_counts_for_the_next_clock_alone() -> None:
    steps = [step("opened", 0, subject=LOW), step("changed", 5, subject=URGENT), step("remediated", 30), step("reopened", 60)]
    assert [clock.subject for clock in clocks_of(steps)] == [LOW, URGENT]


def test_what_becomes_known_in_the_instant_of_a_start_counts_for_it() -> None:
    assert only(step("opened", 0), step("changed", 0, subject=URGENT)).subject == URGENT
    assert only(step("opened", 0)).subject == Subject()


def test_waits_are_pairs_and_the_last_may_go_on() -> None:
    clock = only(step("opened", 0), step("waiting", 5), step("waiting", 6), step("resumed", 9), step("resumed", 10), step("waiting", 20))
    assert clock.waits == ((at(5), at(9)), (at(20), None))


def test_a_new_clock_waits_for_nobody() -> None:
    steps = [step("opened", 0), step("waiting", 5), step("remediated", 10), step("reopened", 20), step("resumed", 30)]
    assert [clock.waits for clock in clocks_of(steps)] == [((at(5), None),), ()]


def test_a_confirmed_complaint_is_over_though_nobody_said_that_it_was_mended() -> None:
    assert [clock.started_at for clock in clocks_of([step("opened", 0), step("confirmed", 30), step("opened", 60)])] == [at(0), at(60)]


def test_of_two_changes_of_one_instant_the_same_one_counts_in_any_order() -> None:
    changes = [step("changed", 5, subject=LOW), step("changed", 5, subject=URGENT)]
    around = [step("opened", 0), step("remediated", 10), step("reopened", 20)]
    for told in (changes, changes[::-1]):
        assert clocks_of([*told, *around])[1].subject == max(LOW, URGENT, key=str)


def test_after_a_closing_nothing_happens_until_it_comes_back() -> None:
    first, second = clocks_of([step("opened", 0), step("closed", 5), step("triaged", 6), step("waiting", 7), step("opened", 9)])
    assert (first.closed_at, first.ended, first.waits, second.started_at) == (at(5), {}, (), at(9))


def test_steps_of_what_was_never_opened_start_no_clock() -> None:
    assert clocks_of([step("triaged", 0), step("closed", 5)]) == []


def test_instants_are_kept_in_utc_and_give_the_same_clock_in_any_zone() -> None:
    there = Step("c1", SlaStep.OPENED, START.astimezone(ZoneInfo("Asia/Kathmandu")))
    assert only(there) == only(step("opened", 0))
    assert only(there).started_at.tzinfo is UTC


@given(STEPS, st.randoms(use_true_random=False))
def test_the_order_in_which_steps_are_told_and_repeating_them_changes_nothing(steps: list[Step], draw: random.Random) -> None:
    told = [*steps, *steps[:3]]
    draw.shuffle(told)
    assert clocks_of(told) == clocks_of(steps)


@given(STEPS)
def test_clocks_of_one_complaint_follow_each_other_and_each_but_the_last_is_closed(steps: list[Step]) -> None:
    clocks = clocks_of(steps)
    for complaint in ("c1", "c2"):
        own = [clock for clock in clocks if clock.complaint_id == complaint]
        for earlier, later in pairwise(own):
            assert earlier.closed_at is not None
            assert earlier.started_at <= earlier.closed_at <= later.started_at
    assert len({clock.clock_id for clock in clocks}) == len(clocks)
