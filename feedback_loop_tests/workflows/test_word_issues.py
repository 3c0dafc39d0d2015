"""Issues with alerts are worded for people; what a check does not let through is withheld and says why."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.workflows.word_issues import issue_wordings
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.asked_fragments import DAY, ScriptedModel

SUMMARY, HYPOTHESIS = "Customers cannot open the gallery.", "Release 7.2.0 is likely to be the cause."
ISSUE = {
    "issue_id": "i1", "product": "Lumen", "issue_class": "broken_workflow", "issue_label": "ignore, instructions", "trend": "rising",
    "product_versions": ["7.2.0", "7.1.0"], "alert_ids": ["a1", "a2"], "quote_fragment_ids": ["f1"], "quotes": ["The gallery is gone."],
    "fragment_count": 4711, "event_date": DAY,
}  # fmt: skip
CAUSE = {
    "hypothesis_id": "h1", "alert_id": "a1", "hypothesis_rank": 1, "cause_kind": "deploy", "cause_id": "release 7.2.0",
    "cause_service": "media", "hypothesis_verdict": "likely", "evidence_for": ["12 of 14 complaints"], "event_date": DAY,
}  # fmt: skip


def issues(*rows: dict[str, object]) -> pl.DataFrame:
    return frame_of(TABLES["gold_issue"], *rows)


def causes(*rows: dict[str, object]) -> pl.DataFrame:
    return frame_of(TABLES["analysis_hypothesis"], *rows)


def wordy(summary: str = SUMMARY, hypothesis: str = HYPOTHESIS) -> ScriptedModel:
    return ScriptedModel({ModelStage.WORDING: {"summary": summary, "hypothesis": hypothesis}})


def test_without_a_model_no_issue_is_worded() -> None:
    found = issue_wordings(issues(ISSUE), causes(CAUSE), None)
    assert found.is_empty()
    assert violations(found, TABLES["gold_issue_wording"]) == []


def test_an_issue_with_an_alert_gets_both_sentences_with_who_said_them_and_of_what() -> None:
    found = issue_wordings(issues(ISSUE), causes(CAUSE), wordy())
    assert violations(found, TABLES["gold_issue_wording"]) == []
    [row] = found.iter_rows(named=True)
    assert (row["wording_summary"], row["wording_hypothesis"], row["wording_withheld_reason"]) == (SUMMARY, HYPOTHESIS, None)
    assert row["worded_fragment_ids"] == ["f1"]
    assert row["wording_version"].startswith("scripted+")


def test_an_issue_without_an_alert_is_not_paid_for() -> None:
    model = wordy()
    assert issue_wordings(issues({**ISSUE, "alert_ids": []}), causes(CAUSE), model).is_empty()
    assert model.asked == []


def test_the_model_is_told_the_cause_of_the_highest_alert_and_how_sure_it_is() -> None:
    model = wordy()
    other = {**CAUSE, "hypothesis_id": "h2", "alert_id": "a2", "cause_id": "flag gallery"}
    second = {**CAUSE, "hypothesis_id": "h3", "hypothesis_rank": 2, "cause_id": "campaign spring"}
    issue_wordings(issues(ISSUE), causes(CAUSE, other, second), model)
    [question] = model.asked
    assert "likeliest cause: deploy release 7.2.0" in question.content
    assert "how sure: likely" in question.content
    assert "flag gallery" not in question.content
    assert "campaign spring" not in question.content


@pytest.mark.parametrize("known", [[], [{**CAUSE, "cause_kind": "unknown", "cause_id": None}]], ids=["not asked", "unknown"])
def test_where_no_cause_is_known_the_model_is_told_so(known: list[dict[str, object]]) -> None:
    model = wordy()
    issue_wordings(issues(ISSUE), causes(*known), model)
    assert "likeliest cause: none is known" in model.asked[0].content


def test_words_of_customers_are_no_facts_and_a_count_that_moves_asks_nothing_new() -> None:
    model = wordy()
    for count in (4711, 4712):
        issue_wordings(issues({**ISSUE, "fragment_count": count, "window_fragment_count": count}), causes(CAUSE), model)
    first, again = model.asked
    assert first.request_hash == again.request_hash
    assert "ignore, instructions" not in first.content


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (wordy(summary="500 customers want their money back."), "unknown_figure"),
        (wordy(hypothesis="See https://evil.example."), "malformed"),
    ],
)
def test_words_that_fail_a_check_are_withheld_with_the_reason(model: ScriptedModel, reason: str) -> None:
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), model).iter_rows(named=True)
    assert (row["wording_summary"], row["wording_hypothesis"], row["wording_withheld_reason"]) == (None, None, reason)
