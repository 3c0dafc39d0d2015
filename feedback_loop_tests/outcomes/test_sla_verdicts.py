"""Verdicts: faults that other systems published, each as a test, and the laws that no verdict may break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.outcome_vocab import SlaStage, SlaStep, SlaVerdict
from feedback_loop.outcomes.sla_clock import Step, clocks_of
from feedback_loop.outcomes.sla_policy import SlaPolicy, Subject
from feedback_loop.outcomes.sla_policy_text import seed_sla_policy
from feedback_loop.outcomes.sla_verdicts import StageVerdict, verdicts
from feedback_loop_tests.outcomes.sla_promises import policy_of, rule
from feedback_loop_tests.outcomes.test_sla_clock import LOW, START, STEPS, URGENT, at, step

FINAL = (SlaVerdict.MET, SlaVerdict.BREACHED)
ALWAYS = policy_of(rule("urgent", urgencies=["urgent"], calendar="always", waiting_pauses=False, targets={"triage": "20 minutes"}))
OFFICE = policy_of()
MINUTES = st.integers(0, 40)


def stood(minutes: int, *steps: Step, policy: SlaPolicy = OFFICE, stage: str = "triage") -> StageVerdict:
    """How the stage of the last clock stands so many minutes after the start, a Monday at nine in the office."""
    rows = [verdicts(clock, policy, at(minutes)) for clock in clocks_of(steps)]
    return next(row for row in rows[-1] if row.stage == stage)


def test_a_stage_runs_is_at_risk_and_is_breached_as_its_time_is_used() -> None:
    seen = {minutes: stood(minutes, step("opened", 0)).verdict for minutes in (0, 89, 90, 120, 121)}
    assert seen == {0: "running", 89: "running", 90: "at_risk", 120: "at_risk", 121: "breached"}
    row = stood(0, step("opened", 0))
    assert (row.at_risk_at, row.due_at, row.target, row.ended_at) == (at(90), at(120), timedelta(hours=2), None)


def test_what_is_done_with_its_last_minute_is_met_and_a_moment_later_breached() -> None:
    assert stood(500, step("opened", 0), step("triaged", 120)).verdict is SlaVerdict.MET
    assert stood(500, step("opened", 0), step("triaged", 121)).verdict is SlaVerdict.BREACHED


def test_what_is_done_over_night_after_a_target_was_used_up_at_closing_time_is_met() -> None:
    steps = [step("opened", 6 * 60), step("triaged", 12 * 60)]
    row = stood(5000, *steps)
    assert (row.verdict, row.used, row.due_at) == ("met", timedelta(hours=2), at(8 * 60))


def test_the_present_priority_is_not_used_for_an_old_target() -> None:
    steps = [step("opened", 0, subject=LOW), step("changed", 5, subject=URGENT)]
    assert stood(60, *steps, policy=ALWAYS).target == timedelta(hours=2)
    eased = [step("opened", 0, subject=URGENT), step("changed", 5, subject=LOW)]
    assert (stood(60, *eased, policy=ALWAYS).target, stood(60, *eased, policy=ALWAYS).verdict) == (timedelta(minutes=20), "breached")


def test_counting_does_not_go_on_after_the_resolution() -> None:
    row = stood(10**6, step("opened", 0), step("remediated", 100))
    assert (row.verdict, row.used, row.ended_at) == ("met", timedelta(minutes=100), at(100))


def test_a_closed_complaint_is_asked_for_no_more_unless_it_was_late_by_then() -> None:
    in_time, late = (stood(10**6, step("opened", 0), step("closed", minutes)) for minutes in (60, 200))
    assert (in_time.verdict, in_time.used, in_time.ended_at) == ("not_asked", timedelta(minutes=60), None)
    assert (late.verdict, late.used) == ("breached", timedelta(minutes=200))


def test_a_reopened_complaint_is_not_breached_by_the_time_before() -> None:
    rows = [step("opened", 0), step("remediated", 60), step("reopened", 300)]
    assert stood(310, *rows).verdict is SlaVerdict.RUNNING
    assert stood(310, *rows).used == timedelta(minutes=10)


def test_duplicates_of_one_complaint_breach_once() -> None:
    steps = [step("opened", 0, "c1"), step("opened", 5, "c2"), step("opened", 10, "c3")]
    clocks = clocks_of(steps, {"c2": "c1", "c3": "c2"})
    late = [row for clock in clocks for row in verdicts(clock, OFFICE, at(200)) if row.verdict is SlaVerdict.BREACHED]
    assert [(row.clock_id, row.stage) for row in late] == [(clocks[0].clock_id, "triage")]


def test_a_pause_is_not_ignored() -> None:
    steps = [step("opened", 0), step("waiting", 30), step("resumed", 230)]
    row = stood(240, *steps)
    assert (row.verdict, row.used, row.due_at) == ("running", timedelta(minutes=40), at(320))
    assert stood(100, *steps).verdict is SlaVerdict.PAUSED
    assert (stood(100, *steps).due_at, stood(100, *steps).at_risk_at) == (None, None)


def test_what_happens_at_the_very_moment_is_known_at_it() -> None:
    assert stood(30, step("opened", 0), step("triaged", 30)).verdict is SlaVerdict.MET
    assert stood(30, step("opened", 0), step("waiting", 30)).verdict is SlaVerdict.PAUSED
    assert stood(30, step("opened", 0), step("waiting", 10), step("resumed", 30)).verdict is SlaVerdict.RUNNING


def test_a_pause_heals_no_breach() -> None:
    assert stood(500, step("opened", 0), step("waiting", 150)).verdict is SlaVerdict.BREACHED


def test_a_pause_pauses_nothing_where_nobody_promised_so() -> None:
    steps = [step("opened", 0, subject=URGENT), step("waiting", 1)]
    assert stood(30, *steps, policy=ALWAYS).verdict is SlaVerdict.BREACHED


def test_what_is_done_while_the_customer_is_waited_for_is_met_and_keeps_its_due_instant() -> None:
    row = stood(500, step("opened", 0), step("waiting", 30), step("triaged", 60))
    assert (row.verdict, row.used, row.due_at) == ("met", timedelta(minutes=30), at(150))


def test_business_hours_are_not_ignored() -> None:
    evening = [step("opened", 7 * 60 + 30)]
    assert stood(12 * 60, *evening).verdict is SlaVerdict.RUNNING
    assert stood(12 * 60, *evening).due_at == START + timedelta(days=1, minutes=90)


def test_what_nobody_promised_is_not_asked_but_measured() -> None:
    row = stood(500, step("opened", 0), step("mitigated", 60), stage="mitigate")
    assert (row.verdict, row.target, row.used, row.due_at) == ("not_asked", None, timedelta(minutes=60), None)


def test_who_triaged_before_the_complaint_came_took_no_time() -> None:
    clock = clocks_of([step("opened", 10)])[0]
    early = type(clock)(clock.clock_id, "c1", Subject(), clock.started_at, {SlaStage.TRIAGE: at(5)})
    row = verdicts(early, OFFICE, at(60))[0]
    assert (row.verdict, row.used) == ("met", timedelta())


def test_before_its_start_a_clock_says_nothing() -> None:
    (clock,) = clocks_of([step("opened", 10)])
    assert verdicts(clock, OFFICE, at(9)) == []
    assert len(verdicts(clock, OFFICE, at(10))) == len(SlaStage)


def test_the_outage_of_a_vip_at_night_is_breached_after_a_quarter_of_an_hour() -> None:
    night = datetime(2026, 6, 7, 2, 58, tzinfo=UTC)
    (clock,) = clocks_of([Step("c1", SlaStep.OPENED, night, URGENT)])
    seen = [verdicts(clock, seed_sla_policy(), night + timedelta(minutes=m))[0].verdict for m in (11, 12, 15, 16)]
    assert seen == ["running", "at_risk", "at_risk", "breached"]
    assert verdicts(clock, seed_sla_policy(), night)[1].due_at == night + timedelta(minutes=60)


@given(STEPS, MINUTES)
def test_what_happens_later_is_not_known_yet(steps: list[Step], minutes: int) -> None:
    then = at(minutes)
    known = [row for clock in clocks_of([s for s in steps if s.at <= then]) for row in verdicts(clock, ALWAYS, then)]
    looked_back = [row for clock in clocks_of(steps) for row in verdicts(clock, ALWAYS, then)]
    assert looked_back == known


@given(STEPS, MINUTES, MINUTES)
def test_a_breach_and_a_met_target_stay_what_they_are(steps: list[Step], first: int, more: int) -> None:
    for clock in clocks_of(steps):
        early, late = (verdicts(clock, ALWAYS, at(minutes)) for minutes in (first, first + more))
        for before, after in zip(early, late, strict=False):
            assert after.used >= before.used
            assert before.verdict not in FINAL or after.verdict is before.verdict
            assert after.target == before.target


@given(STEPS, MINUTES)
def test_one_verdict_per_stage_and_clock_and_breached_only_after_it_was_due(steps: list[Step], minutes: int) -> None:
    rows = [row for clock in clocks_of(steps) for row in verdicts(clock, ALWAYS, at(minutes))]
    assert len({(row.clock_id, row.stage) for row in rows}) == len(rows)
    for row in rows:
        assert (row.target is not None and row.used > row.target) == (row.verdict is SlaVerdict.BREACHED)
        assert row.at_risk_at is None or row.due_at is None or row.at_risk_at <= row.due_at
        assert row.verdict is not SlaVerdict.BREACHED or (row.due_at is not None and row.due_at < at(minutes))
