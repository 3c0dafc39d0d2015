"""The model is asked about what was left open, and about nothing else; what it can't answer stays with people."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from feedback_loop.analysis.prompts.classification import LabelledTexts
from feedback_loop.analysis.prompts.untrusted import LONGEST_TEXT
from feedback_loop.analysis.routes import ANSWERED_MARK
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ModelStage, UnansweredReason
from feedback_loop.workflows.ask_model import (
    ANSWERS,
    Known,
    ask_about_open,
    evidence_of_answered,
    open_fragments,
    with_answers,
    with_quotations,
)
from feedback_loop_tests.workflows.asked_fragments import KNOWN, fragments_of, left_open, obliging

TEXTS = ["It closes by itself on my Pixel 7.", "Charged me."]


def test_without_a_model_nothing_is_asked_and_nothing_changes() -> None:
    classes = left_open(2)
    asked = ask_about_open(fragments_of(TEXTS), classes, None, KNOWN)
    assert (asked.answers.height, asked.evidence.height, asked.dropped_quotation_count) == (0, 0, 0)
    assert with_answers(classes, asked.answers).equals(classes)


def test_what_was_left_open_gets_the_class_and_the_evidence_of_the_model() -> None:
    model = obliging("crash", phrases=["closes by itself"], devices=["Pixel 7"])
    classes = left_open(2)
    asked = ask_about_open(fragments_of(TEXTS), classes, model, KNOWN)
    assert asked.answers["answered_class"].to_list() == ["crash", "crash"]
    assert asked.evidence["evidence_text"].to_list() == ["closes by itself", "Pixel 7"]
    assert asked.dropped_quotation_count == 2, "the second text has neither"
    decided = with_answers(classes, asked.answers)
    assert decided["complaint_class"].to_list() == ["crash", "crash"]
    assert decided["is_abstained"].to_list() == [False, False]
    assert all(ANSWERED_MARK in version for version in decided["classifier_version"])


def test_evidence_is_asked_only_of_what_a_language_model_classified() -> None:
    model = obliging("crash", phrases=["closes by itself"])
    assert evidence_of_answered(fragments_of(TEXTS), left_open(2), model).evidence.is_empty()
    assert model.asked == []


def test_what_rules_and_model_both_found_stays_the_rules_word() -> None:
    asked = ask_about_open(fragments_of(TEXTS), left_open(2), obliging("crash", phrases=["closes by itself"], devices=["Pixel 7"]), KNOWN)
    by_rules = asked.evidence.filter(evidence_text="Pixel 7").with_columns(pl.lit("rules-1").alias("extractor_version"))
    together = with_quotations(by_rules, asked.evidence)
    assert sorted(together["evidence_text"]) == ["Pixel 7", "closes by itself"]
    assert together.filter(evidence_text="Pixel 7")["extractor_version"].to_list() == ["rules-1"]


def test_its_frames_fulfil_their_contracts() -> None:
    classes = left_open(2)
    asked = ask_about_open(fragments_of(TEXTS), classes, obliging("crash", phrases=["closes by itself"]), KNOWN)
    assert violations(asked.evidence, TABLES["analysis_evidence"]) == []
    assert violations(with_answers(classes, asked.answers), TABLES["analysis_classification"]) == []
    assert asked.answers.schema == ANSWERS


def test_scores_stay_the_word_of_the_local_tier() -> None:
    classes = left_open(2)
    decided = with_answers(classes, ask_about_open(fragments_of(TEXTS), classes, obliging("crash"), KNOWN).answers)
    kept = ["fragment_id", "best_class", "class_score", "runner_up_class", "runner_up_score", "threshold_applied"]
    assert decided.select(kept).equals(classes.select(kept))


@pytest.mark.parametrize(("label", "reason"), [("unsure", UnansweredReason.MODEL_UNSURE), ("refund", UnansweredReason.MALFORMED)])
def test_what_is_not_answered_stays_with_people_and_says_why(label: str, reason: UnansweredReason) -> None:
    classes = left_open(1)
    asked = ask_about_open(fragments_of(TEXTS[:1]), classes, obliging(label), KNOWN)
    assert asked.answers.select("answered_class", "unanswered_reason").rows() == [(None, reason)]
    assert with_answers(classes, asked.answers).equals(classes)


def test_a_text_that_is_too_long_is_not_asked_about() -> None:
    model = obliging()
    asked = ask_about_open(fragments_of(["x" * (LONGEST_TEXT + 1), "It closes."]), left_open(2), model, KNOWN)
    assert asked.answers["unanswered_reason"].to_list() == [UnansweredReason.TEXT_TOO_LONG, None]
    assert [question.stage for question in model.asked] == [ModelStage.CLASSIFICATION, ModelStage.EVIDENCE]


def test_only_what_was_left_open_is_asked_about() -> None:
    said = pl.DataFrame({"complaint_class": ["billing", None], "is_abstained": [False, True], "abstention_reason": [None, "no_words"]})
    decided = left_open(2).with_columns(said.get_columns())
    model = obliging()
    assert ask_about_open(fragments_of(TEXTS), decided, model, KNOWN).answers.height == 0
    assert model.asked == []


def test_of_duplicates_the_first_is_asked_about() -> None:
    fragments = fragments_of(TEXTS).with_columns(pl.Series("duplicate_of", [None, "fragment_0"]))
    assert open_fragments(fragments, left_open(2))["fragment_id"].to_list() == ["fragment_0"]


def test_the_shortlist_of_a_fragment_is_what_it_may_be_filed_under() -> None:
    model = obliging("crash")
    known = Known(KNOWN.labels, {"fragment_0": ("billing", "auth")})
    asked = ask_about_open(fragments_of(TEXTS), left_open(2), model, known)
    assert asked.answers["unanswered_reason"].to_list() == [UnansweredReason.MALFORMED, None]
    assert "About crash." not in model.asked[0].instructions


def test_the_nearest_examples_are_shown() -> None:
    examples = LabelledTexts(("Twice charged.", "It froze."), ("billing", "crash"), np.eye(2, dtype=np.float32))
    fragments = fragments_of(TEXTS).with_columns(pl.Series("vector", [[0.0, 1.0], [1.0, 0.0]]))
    model = obliging()
    ask_about_open(fragments, left_open(2), model, Known(KNOWN.labels, {}, examples))
    assert model.asked[0].content.index("froze") < model.asked[0].content.index("charged")
