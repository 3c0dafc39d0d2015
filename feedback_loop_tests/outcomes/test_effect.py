"""Whether a fix helped: who counts, when, and what is never judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.loop_vocab import MENDING
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.effect import Decided, Feedback, effects, fix_windows, onset_of
from feedback_loop_tests.outcomes.one_loop import (
    DAY,
    EXECUTED,
    HOUR,
    ONSET,
    RAISED,
    Row,
    action,
    alert,
    cohort,
    hypothesis,
    proposal,
    table,
)
from feedback_loop_tests.outcomes.spoken import MINUTE, SAFARI, around_the_fix, feedback_of, last_instant, said


def decided(**given: Row) -> Decided:
    rows: dict[str, Row] = {
        "alerts": alert(),
        "cohorts": cohort(),
        "hypotheses": hypothesis(),
        "proposals": proposal(),
        "actions": action(),
    }
    names = ("analysis_alert", "analysis_cohort", "analysis_hypothesis", "remediation_proposal", "remediation_action")
    return Decided(*(table(name, row) for name, row in zip(names, (rows | given).values(), strict=True)))


def effect_of(rows: Iterable[Row], **given: Row) -> dict[str, Any]:
    found = effects(decided(**given), feedback_of(rows))
    assert violations(found, TABLES["outcomes_effect"]) == []
    (row,) = found.to_dicts()
    return row


def test_complaints_that_fell_against_the_control_group_are_fixed() -> None:
    rows = around_the_fix(before=30, after=3)
    found = effect_of(rows)
    assert found["effect_verdict"] == "fixed"
    assert found["effect_ratio"] < 0.3
    assert (found["treated_before_count"], found["treated_after_count"], found["control_after_count"]) == (30, 15, 200)
    assert found["treated_scope"] == '{"browser":["Safari 18"]}'
    assert (found["measured_at"], found["event_date"]) == (last_instant(rows), EXECUTED.date())


def test_complaints_that_go_on_are_not_fixed() -> None:
    found = effect_of(around_the_fix(before=30, after=90))
    assert found["effect_verdict"] != "fixed"
    assert found["effect_low"] > 0.5


def test_a_quiet_week_for_everybody_is_no_fix() -> None:
    assert effect_of(around_the_fix(before=30, after=80, shock=0.3))["effect_verdict"] != "fixed"


def test_right_after_the_fix_nothing_is_known() -> None:
    rows = [row for row in around_the_fix(before=30, after=3) if row["occurred_at"] < EXECUTED]
    found = effect_of(rows)
    assert (found["effect_verdict"], found["effect_ratio"], found["treated_after_count"]) == ("insufficient_evidence", None, 0)


def test_what_was_said_while_the_fix_was_on_its_way_counts_nowhere() -> None:
    rows = around_the_fix(before=30, after=3)
    on_its_way = said(EXECUTED, EXECUTED + 2 * HOUR - MINUTE, 50, "billing", SAFARI)
    assert effect_of([*rows, *on_its_way]) == effect_of(rows)


def test_the_last_record_counts() -> None:
    rows = around_the_fix(before=30, after=3)
    one_more = said(last_instant(rows) + MINUTE, last_instant(rows) + MINUTE, 1, "billing", SAFARI)
    assert effect_of([*rows, *one_more])["treated_after_count"] == effect_of(rows)["treated_after_count"] + 1


def test_records_of_other_products_do_not_count() -> None:
    rows = around_the_fix(before=30, after=3)
    elsewhere = [row | {"product": "wallet"} for row in around_the_fix(before=99, after=99)]
    assert effect_of([*rows, *elsewhere]) == effect_of(rows)


@pytest.mark.parametrize("kind", ["open_incident", "send_message", "queue_for_review", "reroute_cases", "restore_cases"])
def test_an_action_that_mends_nothing_is_not_judged(kind: str) -> None:
    assert effects(decided(actions=action(action_kind=kind)), feedback_of(around_the_fix(30, 3))).is_empty()


@pytest.mark.parametrize("kind", MENDING)
def test_every_action_that_mends_is_judged(kind: str) -> None:
    assert effects(decided(actions=action(action_kind=str(kind))), feedback_of(around_the_fix(30, 3))).height == 1


@pytest.mark.parametrize("change", [{"action_status": "in_doubt"}, {"action_status": "failed"}, {"is_dry_run": True}])
def test_an_action_that_was_not_carried_out_is_not_judged(change: dict[str, Any]) -> None:
    assert effects(decided(actions=action(**change)), feedback_of(around_the_fix(30, 3))).is_empty()


def test_a_fix_without_a_cause_is_judged_by_the_segment_and_the_window_of_its_alert() -> None:
    found = effect_of(around_the_fix(before=30, after=3), proposals=proposal(proposed_hypothesis_id=None))
    assert found["treated_scope"] == '{"browser":["Safari 18"]}'
    assert found["treated_before_count"] == 30


def test_a_fix_of_a_product_of_which_nobody_spoke_has_no_row() -> None:
    elsewhere = [row | {"product": "wallet"} for row in around_the_fix(30, 3)]
    assert effects(decided(), feedback_of(elsewhere)).is_empty()


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = around_the_fix(before=30, after=3)
    forwards = feedback_of(rows)
    backwards = Feedback(forwards.messages.reverse(), forwards.fragments.reverse(), forwards.classifications.reverse())
    assert effects(decided(), backwards).equals(effects(decided(), forwards))


@pytest.mark.parametrize(
    ("onset", "expected"),
    [(ONSET - HOUR, ONSET - HOUR), (None, RAISED - 6 * HOUR), (EXECUTED, RAISED - 6 * HOUR), (EXECUTED + DAY, RAISED - 6 * HOUR)],
)
def test_the_symptom_begins_as_estimated_or_with_the_window_of_the_alert(onset: Any, expected: Any) -> None:
    fix = {"onset_at": onset, "raised_at": RAISED, "window_minutes": 360.0, "executed_at": EXECUTED}
    assert onset_of(fix) == expected


def test_the_windows_of_the_fixes_last_from_onset_to_execution() -> None:
    assert fix_windows(decided()).to_dicts() == [{"action_id": "x1", "executed_at": EXECUTED, "onset_at": ONSET}]


def test_two_fixes_of_one_alert_are_judged_apart() -> None:
    both = decided()
    proposals = pl.concat([both.proposals, table("remediation_proposal", proposal(proposal_id="p2"))])
    later = action(action_id="x2", proposal_id="p2", executed_at=EXECUTED + DAY)
    actions = pl.concat([both.actions, table("remediation_action", later)])
    found = effects(Decided(both.alerts, both.cohorts, both.hypotheses, proposals, actions), feedback_of(around_the_fix(30, 3)))
    assert found["action_id"].to_list() == ["x1", "x2"]
    assert found["effect_id"].n_unique() == 2
