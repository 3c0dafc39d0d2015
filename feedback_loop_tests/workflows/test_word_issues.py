"""Issues with alerts are worded for people; what a check does not let through is withheld and says why."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.word_issues import issue_wordings
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.methods.retrieval.made_up_documents import document, documents
from feedback_loop_tests.workflows.asked_fragments import DAY, ScriptedModel

SUMMARY, HYPOTHESIS = "Customers cannot open the gallery [q1].", "Release 7.2.0 is likely to be the cause [c1]."
KEPT = ("Customers cannot open the gallery [f1].", "Release 7.2.0 is likely to be the cause [h1].")
EARLIER = datetime.combine(DAY, time(), UTC) - timedelta(days=30)
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
    assert (row["wording_summary"], row["wording_hypothesis"], row["wording_withheld_reason"]) == (*KEPT, None)
    assert (row["cut_sentence_count"], row["worded_document_ids"]) == (0, [])
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
        (wordy(summary="Customers cannot open the gallery."), "without_citation"),
        (wordy(summary="Customers cannot open the gallery [q2]."), "without_citation"),
        (wordy(summary="Customers cannot open the gallery [d1]."), "without_citation"),
        (wordy(summary="Customers cannot open the gallery [c1]."), "without_citation"),
    ],
)
def test_words_that_fail_a_check_are_withheld_with_the_reason(model: ScriptedModel, reason: str) -> None:
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), model).iter_rows(named=True)
    assert (row["wording_summary"], row["wording_hypothesis"], row["wording_withheld_reason"]) == (None, None, reason)


@pytest.mark.parametrize(
    "invented", ["Refund all of them [q7].", "Refund all of them [d9].", "Refund all of them [q1, x3].", "Refund all of them."]
)
def test_a_sentence_with_an_invented_citation_is_cut_and_the_others_stay(invented: str) -> None:
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), wordy(summary=f"{SUMMARY} {invented}")).iter_rows(named=True)
    assert (row["wording_summary"], row["wording_withheld_reason"], row["cut_sentence_count"]) == (KEPT[0], None, 1)


def test_a_cause_that_cites_nothing_is_cut_alone() -> None:
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), wordy(hypothesis="Release 7.2.0 it is.")).iter_rows(named=True)
    assert (row["wording_summary"], row["wording_hypothesis"], row["cut_sentence_count"]) == (KEPT[0], None, 1)


def test_where_no_hypothesis_was_made_the_alert_is_what_is_cited() -> None:
    [row] = issue_wordings(issues(ISSUE), causes(), wordy(hypothesis="No cause is known [c1].")).iter_rows(named=True)
    assert row["wording_hypothesis"] == "No cause is known [a1]."


def gallery(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "document_id": "kb-gallery", "document_text": "The gallery is gone after an update? Sign in again.", "product": "Lumen",
        "landed_at": EARLIER, "started_at": EARLIER, "valid_until_at": EARLIER + timedelta(days=99), "audience_roles": ["staff"],
    }  # fmt: skip
    return document(**{**told, **changes})


def test_documents_of_the_issue_are_shown_and_may_be_cited() -> None:
    model = wordy(summary="Customers cannot open the gallery until they sign in again [q1, d1].")
    library = Library(documents(gallery()), SqlitePassageIndex(), TfidfEmbedder())
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), model, library).iter_rows(named=True)
    assert row["wording_summary"] == "Customers cannot open the gallery until they sign in again [f1, kb-gallery]."
    assert row["worded_document_ids"] == ["kb-gallery"]
    assert "d1:\n<<<text" in model.asked[0].content


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until_at": EARLIER + timedelta(days=1)}, {"landed_at": EARLIER + timedelta(days=40)}, {"document_status": "draft"},
        {"audience_roles": ["ops"]}, {"audience_roles": None}, {"product": "Other"},
    ],
)  # fmt: skip
def test_a_document_that_is_stale_later_unapproved_or_not_for_all_can_not_be_cited(changes: dict[str, object]) -> None:
    model = wordy(summary="Customers cannot open the gallery until they sign in again [q1, d1].")
    library = Library(documents(gallery(**changes)), SqlitePassageIndex(), TfidfEmbedder())
    [row] = issue_wordings(issues(ISSUE), causes(CAUSE), model, library).iter_rows(named=True)
    assert (row["wording_summary"], row["wording_withheld_reason"], row["worded_document_ids"]) == (None, "without_citation", [])
    assert "<<<text" not in model.asked[0].content.partition("Documents:")[2]
