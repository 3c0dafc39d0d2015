"""Each fragment gets a class, a calibrated confidence or a reason why not, whatever fragments lie beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.analysis.classify import (
    INPUT_SCHEMA,
    OUTPUT_SCHEMA,
    AbstentionPolicy,
    FragmentClassifier,
    classifier_version,
    classify,
    has_words,
    shortlists,
    train_classifier,
)
from feedback_loop.analysis.taxonomy import Taxonomy, seed_taxonomy
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBEDDER = WordHashEmbedder()
TEXTS = [
    "the app crashes on start",
    "charged twice",
    "",
    "👍👍",
    "[EMAIL] [PHONE]",
    "zzz qqq",
    "love it",
    "please add dark mode",
    "so slow",
]


@cache
def _trained() -> FragmentClassifier:
    return train_classifier(seed_taxonomy(), EMBEDDER)


@pytest.fixture(scope="module")
def classifier() -> FragmentClassifier:
    return _trained()


def _batch(texts: list[str], languages: list[str | None] | None = None) -> pa.RecordBatch:
    rows = [
        {
            "fragment_id": f"fragment_{number}_{text[:3]}",
            "masked_text": text,
            "language": language,
            "event_date": date(2024, 5, 1),
            "vector": vector.tolist(),
        }
        for number, (text, language, vector) in enumerate(zip(texts, languages or [None] * len(texts), EMBEDDER.embed(texts), strict=True))
    ]
    return pa.RecordBatch.from_pylist(rows, schema=INPUT_SCHEMA)


def _answers(batch: pa.RecordBatch, classifier: FragmentClassifier) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = classify(batch, classifier).to_pylist()
    return answers


def test_result_fulfils_the_contract_of_its_table(classifier: FragmentClassifier) -> None:
    result = classify(_batch(TEXTS), classifier)
    assert result.schema == OUTPUT_SCHEMA
    frame = pl.DataFrame(pa.Table.from_batches([result]))
    assert violations(frame, TABLES["analysis_classification"]) == []
    assert frame.height == len(TEXTS)


def test_plain_complaints_get_their_class(classifier: FragmentClassifier) -> None:
    texts = [
        "I was charged twice on my card, refund my money",
        "password reset code never arrives, cannot log in",
        "love it, great app thank you",
    ]
    assert [a["best_class"] for a in _answers(_batch(texts), classifier)] == ["billing", "auth", "praise"]


@given(st.lists(st.sampled_from(TEXTS), max_size=6), st.sampled_from(TEXTS), st.lists(st.sampled_from(TEXTS), max_size=6))
@settings(max_examples=20, deadline=None)
def test_answer_does_not_depend_on_the_rows_beside_it(before: list[str], text: str, after: list[str]) -> None:
    classifier = _trained()
    alone = _answers(_batch([text]), classifier)[0]
    among = _answers(_batch([*before, text, *after]), classifier)[len(before)]
    ids = ("fragment_id",)
    assert {k: v for k, v in alone.items() if k not in ids} == {k: v for k, v in among.items() if k not in ids}


def test_empty_batch_gives_an_empty_batch(classifier: FragmentClassifier) -> None:
    result = classify(_batch([]), classifier)
    assert (result.num_rows, result.schema) == (0, OUTPUT_SCHEMA)


@pytest.mark.parametrize("text", ["", "👍👍", "!!! ...", "[EMAIL] [PHONE]", "5/10"])
def test_text_without_words_is_left_undecided(classifier: FragmentClassifier, text: str) -> None:
    (answer,) = _answers(_batch([text]), classifier)
    assert (answer["complaint_class"], answer["is_abstained"], answer["abstention_reason"]) == (None, True, "no_words")
    assert not has_words(text)


def test_unsupported_language_is_left_undecided_and_unknown_language_is_not(classifier: FragmentClassifier) -> None:
    texts = ["I was charged twice on my card, refund my money"] * 3
    answers = _answers(_batch(texts, ["fi", None, "en"]), classifier)
    assert [a["abstention_reason"] for a in answers] == ["language_unsupported", None, None]


def test_a_language_is_decided_on_where_held_out_examples_show_that_it_can_be(classifier: FragmentClassifier) -> None:
    least = AbstentionPolicy().least_language_precision
    bounds = {one.language: one.precision_lower_bound(classifier.policy.delta) for one in classifier.evidence}
    assert {"en", "it"} <= set(bounds)
    assert classifier.languages == {name for name in seed_taxonomy().languages if bounds[name] >= least}
    assert sum(one.example_count for one in classifier.evidence) == len(seed_taxonomy().training_examples())


def test_no_language_is_decided_on_where_more_is_asked_than_examples_show() -> None:
    strict = train_classifier(seed_taxonomy(), EMBEDDER, AbstentionPolicy(least_language_precision=1.0))
    assert strict.languages == frozenset()
    (answer,) = _answers(_batch(["I was charged twice on my card, refund my money"], ["en"]), strict)
    assert answer["abstention_reason"] == "language_unsupported"


def test_a_text_of_any_other_language_than_those_decided_on_abstains(classifier: FragmentClassifier) -> None:
    answers = _answers(_batch(["charged twice, refund my money"] * 2, ["fi", "en"]), replace(classifier, languages=frozenset({"fi"})))
    assert [a["abstention_reason"] == "language_unsupported" for a in answers] == [False, True]


def test_confidence_below_the_threshold_abstains_and_says_how(classifier: FragmentClassifier) -> None:
    answers = _answers(_batch(TEXTS), classifier)
    for answer in answers:
        best, second = float(str(answer["class_score"])), float(str(answer["runner_up_score"]))
        is_unsure = best < classifier.threshold
        assert best >= second >= 0
        assert answer["threshold_applied"] == classifier.threshold
        if answer["abstention_reason"] is None:
            assert not is_unsure
            assert answer["complaint_class"] == answer["best_class"]
        if answer["abstention_reason"] == "ambiguous":
            assert is_unsure
            assert best + second >= classifier.threshold
            assert second >= best / 2
    assert answers[5]["abstention_reason"] in ("low_confidence", "ambiguous")


def test_the_shortlist_begins_with_the_best_class_and_its_runner_up(classifier: FragmentClassifier) -> None:
    texts = ["the app crashes on start", "charged twice"]
    likeliest = shortlists(texts, EMBEDDER.embed(texts), classifier, 3)
    rows = classify(_batch(texts), classifier).to_pylist()
    assert [names[:2] for names in likeliest] == [(row["best_class"], row["runner_up_class"]) for row in rows]
    assert [len(set(names)) for names in likeliest] == [3, 3]


def test_there_is_no_shortlist_of_nothing(classifier: FragmentClassifier) -> None:
    assert shortlists([], EMBEDDER.embed([]), classifier, 3) == []


def test_masks_are_no_words_to_learn_from(classifier: FragmentClassifier) -> None:
    plain, masked = "charged twice refund my money", "charged twice [EMAIL] refund my money"
    batch = _batch([plain, masked])
    same_vector = batch.set_column(
        4, INPUT_SCHEMA.field("vector"), pa.array([batch.column("vector")[0].as_py()] * 2, INPUT_SCHEMA.field("vector").type)
    )
    first, second = _answers(same_vector, classifier)
    assert first["class_score"] == second["class_score"]


def test_training_again_gives_the_same_classifier(classifier: FragmentClassifier) -> None:
    again = train_classifier(seed_taxonomy(), EMBEDDER)
    assert _answers(_batch(TEXTS), again) == _answers(_batch(TEXTS), classifier)


def test_version_is_known_without_training_and_follows_what_decides(classifier: FragmentClassifier) -> None:
    taxonomy = seed_taxonomy()
    assert classifier.classifier_version == classifier_version(taxonomy, EMBEDDER.model_version)
    versions = {
        classifier.classifier_version,
        classifier_version(taxonomy, "another model"),
        classifier_version(Taxonomy(taxonomy.classes[1:]), EMBEDDER.model_version),
        classifier_version(taxonomy, EMBEDDER.model_version, AbstentionPolicy(target_precision=0.9)),
    }
    assert len(versions) == 4
