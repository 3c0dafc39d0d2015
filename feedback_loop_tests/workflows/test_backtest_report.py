"""Reports on back-tests: what is known by now judges, and never reaches what is replayed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feedback_loop.contracts.loop_vocab import ActionKind, HypothesisLabel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.backtest_gains import STAGES, Breaches
from feedback_loop.outcomes.backtest_later import Way
from feedback_loop.outcomes.backtest_verdicts import Ground, Verdict
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.backtest_report import HOW_TO_LABEL, NO_AUTOMATIC_JUDGED, NOTHING_AUTOMATIC, NOTHING_JUDGED, tried_of
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.defs.made_up_feedback import day
from feedback_loop_tests.workflows.made_up_history import CHANGE, LAST, SPIKE, instant, landed
from feedback_loop_tests.workflows.tried_history import (
    bytes_of,
    daring_rules,
    fill_outcomes,
    know,
    label_of,
    replayed,
    report,
    rollback,
    state_with_gate,
)


def test_what_became_known_later_judges_and_changes_no_byte_of_the_replay(tmp_path: Path) -> None:
    tables, state = landed(), state_with_gate(tmp_path)
    before = replayed(tables, state)
    know(state, rollback(before))
    fill_outcomes(tables, rollback(before))
    after = replayed(tables, state)
    assert bytes_of(after) == bytes_of(before)
    assert [one.verdict for one in report(after, tables, state).judged] == [Verdict.WRONG]


def test_a_wrong_automatic_action_is_told_by_name_and_why(tmp_path: Path) -> None:
    tables, state = landed(), state_with_gate(tmp_path)
    told = replayed(tables, state)
    know(state, rollback(told), HypothesisLabel.CONFIRMED)
    assert report(told, tables, state).wrong == ()
    fill_outcomes(tables, rollback(told))
    (wrong,) = report(told, tables, state).wrong
    assert (wrong.tried.day, wrong.tried.proposal.playbook_id, wrong.tried.cause_id) == (day(SPIKE), "release-rollback", CHANGE)
    assert wrong.grounds == ((Ground.EFFECT, Verdict.WRONG), (Ground.CAUSE_LABEL, Verdict.RIGHT))


def test_a_gate_holds_from_its_instant_and_not_before(tmp_path: Path) -> None:
    looks = {hours: rollback(replayed(landed(), state_with_gate(tmp_path / str(hours), hours))) for hours in (24, 25)}
    assert {hours: made.approvals_required_count for hours, made in looks.items()} == {24: 0, 25: 1}


def test_a_label_that_shuts_a_gate_later_shuts_it_in_no_earlier_look(tmp_path: Path) -> None:
    tables, state = landed(), state_with_gate(tmp_path)
    before, held_out = replayed(tables, state), TABLES["state_label"]
    rows = [valid_row(held_out, label_id=f"l{n}", fragment_id=f"f{n}", labelled_at=instant(LAST + 1), labelled_by="ada") for n in range(9)]
    state.record(held_out, rows, "ada", instant(LAST + 1))
    assert bytes_of(replayed(tables, state)) == bytes_of(before)


def test_how_well_playbooks_did_by_today_is_not_known_to_the_replay(tmp_path: Path) -> None:
    tables, state, rules = landed(), state_with_gate(tmp_path), daring_rules()
    poisoned = replace(rules, precisions={"release-rollback": 0.0}, thresholds={"release-rollback": 1.0})
    poisoned.pace.count("release-rollback", "real", instant(SPIKE, 12))
    assert bytes_of(replayed(tables, state, poisoned)) == bytes_of(replayed(tables, state, rules))


def test_a_right_action_is_counted_with_its_interval_and_without_a_figure_that_nobody_knows(tmp_path: Path) -> None:
    tables, state = landed(), state_with_gate(tmp_path)
    told = replayed(tables, state)
    label = label_of(rollback(told), HypothesisLabel.CONFIRMED)
    state.record(TABLES["state_hypothesis_label"], [label], "ada", instant(LAST + 30))
    found = report(told, tables, state)
    of_all = found.precisions[-1]
    assert (of_all.right_count, of_all.wrong_count, of_all.unjudged_count, of_all.share) == (1, 0, 0, 1.0)
    assert [round(end, 3) for end in of_all.interval] == [0.025, 1.0]
    assert (found.advice, found.minutes_saved, found.agent_minutes_saved) == (None, None, None)
    assert found.missing == {"remediation_action.executed_at": 1}
    assert found.breaches == Breaches(None, missing=(STAGES,))


def test_without_decisions_and_labels_nothing_is_judged_and_it_says_what_to_do(tmp_path: Path) -> None:
    tables = landed()
    with_people = report(replayed(tables, None, Rules()), tables, None)
    assert (with_people.ways[Way.AUTOMATIC], with_people.ways[Way.APPROVED]) == (0, 1)
    assert with_people.advice == f"{NOTHING_AUTOMATIC} {NOTHING_JUDGED}: {HOW_TO_LABEL}"
    state = state_with_gate(tmp_path)
    assert report(replayed(tables, state), tables, state).advice == f"{NO_AUTOMATIC_JUDGED}: {HOW_TO_LABEL}"


def test_where_only_what_people_approve_is_judged_it_says_that_nothing_goes_alone(tmp_path: Path) -> None:
    tables, state = landed(), open_state(tmp_path)
    told = replayed(tables, state)
    know(state, rollback(told), HypothesisLabel.CONFIRMED)
    assert report(told, tables, state).advice == NOTHING_AUTOMATIC


def test_a_review_is_handed_to_people_and_no_automation() -> None:
    told = replayed(landed(), None, Rules(tuple(p for p in Rules().playbooks if p.is_review)))
    ways = {one.proposal.action_kind: one.way for one in tried_of(told, [ActionKind.QUEUE_FOR_REVIEW])}
    assert ways == {ActionKind.QUEUE_FOR_REVIEW: Way.HANDED_OVER}
    assert {one.way for one in tried_of(told, [])} == {Way.AUTOMATIC}
