"""What right actions of a back-test would have gained, and that a missing input gives no figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest

from feedback_loop.contracts.outcome_vocab import LifecycleStage
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.backtest_gains import ACTED_ON, EFFECT, HANDLING, STAGES, Breaches, Done, Saved, breaches, first_of_each, saved
from feedback_loop.outcomes.backtest_later import Later, Tried, Way
from feedback_loop.outcomes.backtest_verdicts import Judged, Verdict
from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.outcomes.sla_stages import Happened, sla_stages
from feedback_loop_tests.outcomes.one_loop import EXECUTED, HOUR, ONSET, RAISED, Row, action, alert, fragments, table
from feedback_loop_tests.outcomes.sla_promises import DEFAULT, policy_of
from feedback_loop_tests.outcomes.tried_actions import LOOKED, effect, later, really, tried

WINDOWS = pl.DataFrame({"action_id": ["x1"], "onset_at": [ONSET], "executed_at": [EXECUTED]})
CASE = {"business_event_kind": "case_handled", "product": "shop", "business_event_id": "b1", "handling_minutes": 6.0}


def done(*actions: Row, events: tuple[Row, ...] = (), windows: pl.DataFrame = WINDOWS) -> Done:
    return Done(table("remediation_action", *actions), windows, table("context_business_event", *events))


def right(one: Tried | None = None) -> list[Judged]:
    return [Judged(one or tried(), Verdict.RIGHT)]


def only(known: Later, happened: Done, one: Tried | None = None) -> Saved:
    (found,) = saved(right(one), known, happened)
    return found


def test_minutes_run_from_the_look_to_the_moment_at_which_it_was_really_done() -> None:
    found = only(later([really()]), done(action()))
    assert (found.acted_at, found.minutes) == (EXECUTED, 120.0)


def test_a_real_action_that_came_first_saves_nothing_and_is_told_as_less() -> None:
    assert only(later([really()]), done(action(executed_at=LOOKED - HOUR))).minutes == -60.0


def test_what_was_never_really_done_has_no_figure_and_says_so() -> None:
    found = only(later(), done(action()))
    assert (found.minutes, found.agent_minutes, found.missing) == (None, None, (ACTED_ON,))
    assert only(later([really()]), done(action(is_dry_run=True))).missing == (ACTED_ON,)
    assert only(later([really()]), done(action(executed_at=RAISED - 7 * HOUR))).missing == (ACTED_ON,)


def test_agents_minutes_are_those_of_the_complaints_that_would_not_have_come() -> None:
    # Of 40 complaints in the nine hours before the fix two hours' worth would have been spared, three quarters of them by the fix.
    found = only(later([really()], [effect("fixed")]), done(action(), events=(CASE, CASE | {"business_event_id": "b2"})))
    assert found.agent_minutes == pytest.approx(40 * 2 / 9 * 0.75 * 6.0)
    assert found.missing == ()


@pytest.mark.parametrize(
    ("effects", "events", "missing"),
    [
        ((effect("fixed"),), (), (HANDLING,)),
        ((effect("fixed"),), (CASE | {"product": "bank"},), (HANDLING,)),
        ((effect("fixed"),), (CASE | {"business_event_kind": "order"},), (HANDLING,)),
        ((), (CASE,), (EFFECT,)),
        ((effect("insufficient_evidence"),), (CASE,), (EFFECT,)),
        ((), (), (EFFECT, HANDLING)),
    ],
)
def test_a_missing_input_gives_no_figure_and_is_named(effects: tuple[Row, ...], events: tuple[Row, ...], missing: tuple[str, ...]) -> None:
    found = only(later([really()], effects), done(action(), events=events))
    assert (found.minutes, found.agent_minutes, found.missing) == (120.0, None, missing)


def test_what_repeats_an_action_counts_once_at_its_first_look() -> None:
    known, again = later([really()]), tried(proposed_at=LOOKED + 5 * HOUR)
    found = saved([*right(again), *right()], known, done(action()))
    assert [one.minutes for one in found] == [-180.0, 120.0]
    assert [one.minutes for one in first_of_each(found)] == [120.0]
    assert len(first_of_each(saved([*right(again), *right()], later(), done()))) == 2


def test_only_right_actions_that_would_have_been_automatic_save_anything() -> None:
    others = [Judged(tried(), Verdict.WRONG), Judged(tried(), Verdict.UNJUDGED), Judged(tried(Way.APPROVED), Verdict.RIGHT)]
    assert saved(others, later([really()]), done(action())) == []


def test_a_notice_is_held_against_what_mended_its_alert() -> None:
    known = later([really(), really(proposal_id="other", alert_id="a9", action_kind="open_incident")])
    assert only(known, done(action(), action(proposal_id="other", executed_at=LOOKED)), tried(cause_id=None)).minutes == 120.0


def test_a_notice_is_held_against_what_mended_the_cause_that_its_alert_blames() -> None:
    elsewhere = later([really(alert_id="a9")])
    assert only(elsewhere, done(action()), tried(cause_id=None, blames="chg-1")).minutes == 120.0
    assert only(elsewhere, done(action()), tried(cause_id=None)).missing == (ACTED_ON,)


def promised(minutes: int) -> SlaPolicy:
    return policy_of(default=DEFAULT | {"calendar": "always", "targets": {"mitigate": f"{minutes} minutes"}})


def happened(mitigated_at: datetime | None = EXECUTED) -> Happened:
    step = {
        "lifecycle_event_id": "l1", "alerted_id": "a1", "product": "shop", "lifecycle_proposal_id": "p1",
        "lifecycle_stage": str(LifecycleStage.EXECUTED), "occurred_at": mitigated_at,
    }  # fmt: skip
    steps = [step] if mitigated_at else []
    triage = pl.DataFrame(schema={"fragment_id": pl.String, "urgency": pl.String})
    told = fragments().select("fragment_id", "landed_at").with_columns(tier=pl.lit(None, pl.String))
    return Happened(
        table("analysis_alert", alert(story_id=None)),
        told,
        triage,
        table("outcomes_lifecycle_event", *steps),
        table("remediation_action", action()),
        table("gold_issue"),
        table("state_issue_status"),
    )


def avoided(policy: SlaPolicy, found: list[Judged], real: Happened | None = None) -> Breaches:
    known = real or happened()
    return breaches(found, known, sla_stages(known, policy), policy)


# The clock starts when the first of the alert's records landed, 4.5 hours before it was raised: the back-test mitigates after 330 minutes,
# the real action after 450.
@pytest.mark.parametrize(("minutes", "is_avoided"), [(329, False), (330, True), (449, True)])
def test_a_breach_is_avoided_where_the_earlier_action_comes_within_the_promise(minutes: int, is_avoided: bool) -> None:
    assert avoided(promised(minutes), right()) == Breaches(("a1",) if is_avoided else (), 1)


def test_a_promise_that_was_kept_has_no_breach_to_avoid() -> None:
    assert avoided(promised(450), right()) == Breaches((), 0)


def test_a_breach_of_what_nobody_ever_mended_is_avoided_too() -> None:
    real = happened(mitigated_at=None)
    last = pl.DataFrame({"fragment_id": ["f9"], "landed_at": [RAISED + timedelta(days=2)], "tier": [None]}, schema=real.fragments.schema)
    told = replace(real, fragments=pl.concat([real.fragments, last]))
    assert avoided(promised(400), right(), told) == Breaches(("a1",), 1)


@pytest.mark.parametrize(
    "found",
    [
        [],
        [Judged(tried(), Verdict.WRONG)],
        [Judged(tried(), Verdict.UNJUDGED)],
        [Judged(tried(Way.APPROVED), Verdict.RIGHT)],
        right(tried(cause_id=None)),
    ],
)
def test_only_right_automatic_actions_that_mend_avoid_a_breach(found: list[Judged]) -> None:
    assert avoided(promised(400), found) == Breaches((), 1)


def test_breaches_under_another_policy_are_counted_apart() -> None:
    known, policy = happened(), promised(400)
    assert breaches(right(), known, sla_stages(known, promised(390)), policy) == Breaches((), 1, 1)


def test_without_any_measured_promise_nothing_is_known() -> None:
    nothing = pl.DataFrame(schema=pl.Schema(TABLES["outcomes_sla_stage"].schema))
    assert breaches(right(), happened(), nothing, promised(400)) == Breaches(None, missing=(STAGES,))
