"""The steps of an alert's life: which there are, when each was, and what leaves none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.lifecycle import executions, lifecycle_events
from feedback_loop_tests.outcomes.one_loop import (
    APPROVED,
    CONFIRMED,
    DAY,
    EXECUTED,
    HOUR,
    PROPOSED,
    RAISED,
    SENT,
    action,
    alert,
    classification,
    fragments,
    issue,
    message,
    proposal,
    recorded,
    table,
)

FULL = {
    "occurred": RAISED - 5 * HOUR, "landed": RAISED - 4.5 * HOUR, "classified": RAISED, "alerted": RAISED, "issue_assigned": PROPOSED,
    "cause_ranked": PROPOSED, "proposed": PROPOSED, "approved": APPROVED, "executed": EXECUTED, "told": SENT, "confirmed": CONFIRMED,
}  # fmt: skip


def lifecycle(**given: pl.DataFrame) -> pl.DataFrame:
    found = lifecycle_events(recorded(**given))
    assert violations(found, TABLES["outcomes_lifecycle_event"]) == []
    return found


def steps(found: pl.DataFrame) -> dict[str, datetime]:
    return dict(found.select("lifecycle_stage", "occurred_at").iter_rows())


def test_a_full_life_has_each_step_at_its_instant() -> None:
    found = lifecycle()
    assert steps(found) == FULL
    assert found["occurred_at"].is_sorted()
    assert found["alerted_id"].unique().to_list() == ["a1"]


def test_the_steps_of_the_alert_name_no_proposal() -> None:
    named = dict(lifecycle().select("lifecycle_stage", "lifecycle_proposal_id").iter_rows())
    assert {stage for stage, proposal_id in named.items() if proposal_id is None} == {
        "occurred", "landed", "classified", "alerted", "issue_assigned",
    }  # fmt: skip


def test_an_alert_without_a_proposal_has_no_life() -> None:
    found = lifecycle(alerts=table("analysis_alert", alert(), alert(alert_id="a2", raised_at=RAISED - 2 * DAY)))
    assert found["alerted_id"].unique().to_list() == ["a1"]


def test_a_silent_customer_has_not_confirmed() -> None:
    found = steps(lifecycle(told=table("remediation_message", message(message_status="sent", confirmed_at=None))))
    assert "told" in found
    assert "confirmed" not in found


def test_the_first_customer_counts_of_several() -> None:
    late = message(message_draft_id="m2", sent_at=SENT + DAY, confirmed_at=None)
    early = message(message_draft_id="m3", sent_at=SENT - HOUR, confirmed_at=None)
    found = steps(lifecycle(told=table("remediation_message", message(), late, early)))
    assert (found["told"], found["confirmed"]) == (SENT - HOUR, CONFIRMED)


@pytest.mark.parametrize("status", ["refused", "expired", "awaiting_approval", "proposed"])
def test_what_nobody_let_through_was_not_approved(status: str) -> None:
    assert "approved" not in steps(lifecycle(proposals=table("remediation_proposal", proposal(proposal_status=status))))


def test_a_proposal_without_a_cause_has_no_ranked_one() -> None:
    found = steps(lifecycle(proposals=table("remediation_proposal", proposal(proposed_hypothesis_id=None))))
    assert "cause_ranked" not in found
    assert found["proposed"] == PROPOSED


@pytest.mark.parametrize("change", [{"action_status": "in_doubt"}, {"is_dry_run": True}, {"executed_at": None}])
def test_an_action_in_doubt_or_only_written_down_was_not_executed(change: dict[str, Any]) -> None:
    assert "executed" not in steps(lifecycle(actions=table("remediation_action", action(**change))))


def test_the_first_execution_of_a_proposal_counts() -> None:
    again = action(action_id="x2", executed_at=EXECUTED + HOUR)
    assert executions(table("remediation_action", again, action()))["action_id"].to_list() == ["x1"]


def test_no_alert_is_raised_before_its_records_landed() -> None:
    late = fragments().with_columns(landed_at=pl.lit(RAISED + HOUR))
    assert steps(lifecycle(fragments=late))["alerted"] == RAISED + HOUR


def test_an_alert_whose_records_are_gone_still_has_the_rest_of_its_life() -> None:
    found = steps(lifecycle(fragments=fragments().clear()))
    assert found == {stage: at for stage, at in FULL.items() if stage not in ("occurred", "landed", "classified")}


UNSURE = table("analysis_classification", classification(is_abstained=True))


def labelled(fragment_id: str, at: datetime) -> pl.DataFrame:
    return table("state_label", {"fragment_id": fragment_id, "labelled_at": at})


def test_what_the_classifier_left_open_is_classified_by_the_person_who_labels_it() -> None:
    assert "classified" not in steps(lifecycle(classifications=UNSURE))
    assert "classified" not in steps(lifecycle(classifications=UNSURE, labels=labelled("f0", RAISED)))
    assert steps(lifecycle(classifications=UNSURE, labels=labelled("f2", SENT)))["classified"] == SENT


def test_the_first_who_gave_a_class_counts_person_or_classifier() -> None:
    at = {by: steps(lifecycle(labels=labelled("f1", RAISED + by * HOUR)))["classified"] for by in (-1, 1)}
    assert at == {-1: RAISED - HOUR, 1: RAISED}


def test_what_no_issue_of_its_day_holds_or_speaks_of_was_assigned_to_none() -> None:
    elsewhere = [issue(alert_ids=["a9"], day_fragment_ids=["f0"]), issue(event_date=RAISED.date() + DAY)]
    assert "issue_assigned" not in steps(lifecycle(issues=table("gold_issue", *elsewhere)))


@pytest.mark.parametrize("change", [{"alert_ids": []}, {"day_fragment_ids": []}])
def test_an_issue_that_holds_one_of_the_complaints_or_speaks_of_the_alert_was_assigned(change: dict[str, Any]) -> None:
    assert steps(lifecycle(issues=table("gold_issue", issue(**change))))["issue_assigned"] == PROPOSED


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"proposed_issue_id": None}, datetime(2026, 3, 11, tzinfo=UTC)),
        ({"proposed_at": RAISED + 20 * HOUR}, datetime(2026, 3, 11, tzinfo=UTC)),
        ({"proposed_at": RAISED + 11 * HOUR}, RAISED + 11 * HOUR),
    ],
)
def test_an_issue_is_assigned_by_the_first_proposal_that_names_one_or_the_end_of_the_day(change: dict[str, Any], at: datetime) -> None:
    assert steps(lifecycle(proposals=table("remediation_proposal", proposal(**change))))["issue_assigned"] == at


def test_nothing_is_assigned_to_an_issue_before_it_landed() -> None:
    late = fragments().with_columns(landed_at=pl.lit(RAISED + 3 * DAY))
    assert steps(lifecycle(fragments=late))["issue_assigned"] == RAISED + 3 * DAY


AGAIN = {"alert_id": "a2", "raised_at": EXECUTED + 8 * HOUR}


@pytest.mark.parametrize(
    ("change", "is_reopened"),
    [
        ({}, True),
        ({"raised_at": EXECUTED + 6 * HOUR}, True),
        ({"raised_at": EXECUTED + 5.9 * HOUR}, False),  # its window holds complaints from before the fix
        ({"raised_at": EXECUTED + 30 * HOUR}, True),
        ({"raised_at": EXECUTED + 30.1 * HOUR}, False),
        ({"alerted_class": "crash"}, False),
        ({"alerted_class": None}, False),
        ({"product": "wallet"}, False),
        ({"alert_id": "a1"}, False),
    ],
)
def test_a_subject_that_alerts_again_within_a_day_is_reopened(change: dict[str, Any], is_reopened: bool) -> None:
    later = alert(**(AGAIN | change))
    found = lifecycle(alerts=table("analysis_alert", *([alert(), later] if later["alert_id"] != "a1" else [later])))
    assert ("reopened" in steps(found)) == is_reopened
    if is_reopened:
        assert steps(found)["reopened"] == later["raised_at"]


def test_an_alert_about_a_whole_product_is_reopened_by_one_of_its_kind() -> None:
    both = [alert(alerted_class=None), alert(**AGAIN, alerted_class=None)]
    assert "reopened" in steps(lifecycle(alerts=table("analysis_alert", *both)))


def test_nothing_decided_gives_no_rows() -> None:
    assert lifecycle(proposals=table("remediation_proposal", proposal()).clear()).is_empty()


def test_the_order_of_the_rows_does_not_matter() -> None:
    proposals = table("remediation_proposal", proposal(), proposal(proposal_id="p2", proposed_at=PROPOSED + HOUR))
    assert lifecycle(proposals=proposals.reverse(), fragments=fragments().reverse()).equals(lifecycle(proposals=proposals))
