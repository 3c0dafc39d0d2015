"""`approvals request`: asked for by a person, refused in one line where the evidence does not hold it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.cli.places import SystemClock, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import ALERT, alert_row, all_documents, cause_row, cohort_row, frame
from feedback_loop_tests.workflows.outbox_world import DAY


@pytest.fixture(autouse=True)
def issue(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with one issue, of which one customer complained."""
    monkeypatch.setattr(SystemClock, "now", lambda _: START)
    tables = open_store(Settings(home=home))
    row = {"issue_id": "issue_1", "product": "Printwren", "alert_ids": [ALERT], "day_fragment_ids": ["f1"], "event_date": START.date()}
    fragment = {"fragment_id": "f1", "customer_id": "customer_1", "occurred_at": START, "event_date": START.date()}
    content: dict[str, pl.DataFrame] = {
        "analysis_alert": frame("analysis_alert", [alert_row()]),
        "analysis_cohort": frame("analysis_cohort", [cohort_row()]),
        "analysis_hypothesis": frame("analysis_hypothesis", [cause_row()]),
        "context_document": frame("context_document", all_documents()),
        "gold_issue": frame_of(TABLES["gold_issue"], row),
        "silver_fragment": frame_of(TABLES["silver_fragment"], fragment),
    }
    for name, rows in content.items():
        tables.replace_days(TABLES[name], rows, DAY)
    (home / "people.yaml").write_text("ada: [support_lead]\nbo: [billing_owner]\n", encoding="utf-8")


REFUND = ("approvals", "request", "refund", "--issue", "issue_1", "--why", "charged twice", "--as", "ada")


def test_a_request_waits_for_others(call: Call) -> None:
    made = json.loads(call(*REFUND, "--for", "customer_1", "--json").out)
    assert (made["requested_by"], made["approvals_required_count"]) == ("ada", 2)
    own = call("approvals", "approve", made["proposal_id"], "--as", "ada")
    assert (own.code, "nobody approves what they asked for" in own.error) == (1, True)
    assert "1 of 2 approvals" in call("approvals", "approve", made["proposal_id"], "--as", "bo").out
    again = call(*REFUND, "--for", "customer_1")
    assert (again.code, "stands already" in again.error) == (2, True)


def test_whoever_decides_is_told_who_asked_and_why_and_that_it_can_not_be_undone(call: Call) -> None:
    made = json.loads(call(*REFUND, "--for", "customer_1", "--json").out)
    shown = call("approvals", "show", made["proposal_id"]).out
    assert "ada asks for it: charged twice" in shown
    assert "THIS CAN'T BE UNDONE" in shown


def test_a_request_says_for_how_many_it_waits(call: Call) -> None:
    assert "waits for 2 people" in call(*REFUND, "--for", "customer_1").out


def test_whom_nobody_of_the_evidence_is_can_not_be_paid(call: Call) -> None:
    outcome = call(*REFUND, "--for", "customer_9")
    assert outcome.code == 2
    assert "customers who complained of issue_1" in outcome.error
    assert "customer_9" not in outcome.error


def test_what_the_policy_refuses_is_told_with_its_reason(call: Call, home: Path) -> None:
    (home / "pilot.yaml").write_text("products: [Other]\n", encoding="utf-8")
    outcome = call(*REFUND, "--for", "customer_1")
    assert (outcome.code, "was refused: outside pilot" in outcome.out) == (1, True)
