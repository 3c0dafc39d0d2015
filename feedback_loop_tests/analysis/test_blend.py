"""The blended classifier learns from few, uneven and odd examples, and judges each text by itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.blend import BlendClassifier, products_with, train
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBED = WordHashEmbedder().embed
FRUIT = [f"{adjective} {noun}" for adjective in ("ripe", "sour", "sweet", "green") for noun in ("apple", "pear", "plum", "cherry")]
TOOLS = [f"{adjective} {noun}" for adjective in ("heavy", "rusty", "sharp", "broken") for noun in ("hammer", "saw", "drill", "chisel")]


def _train(texts: list[str], labels: list[str]) -> BlendClassifier:
    return train(texts, EMBED(texts), labels)[0]


def _best(classifier: BlendClassifier, text: str) -> str:
    return classifier.labels[int(classifier.log_probabilities([text], EMBED([text])).argmax())]


def test_two_classes_are_told_apart() -> None:
    classifier = _train(FRUIT + TOOLS, ["fruit"] * 16 + ["tool"] * 16)
    assert _best(classifier, "a rotten apple and a plum") == "fruit"
    assert _best(classifier, "blunt chisel, old saw") == "tool"


def test_one_example_per_class_is_enough_to_train() -> None:
    classifier = _train(["sweet apple", "rusty hammer", "blue whale"], ["fruit", "tool", "animal"])
    assert [_best(classifier, t) for t in ("apple", "hammer", "whale")] == ["fruit", "tool", "animal"]


def test_rare_class_is_not_swallowed_by_a_frequent_one() -> None:
    classifier = _train([*FRUIT * 8, "rusty hammer", "heavy hammer"], ["fruit"] * 128 + ["tool"] * 2)
    assert _best(classifier, "the hammer") == "tool"


def test_single_class_is_certain() -> None:
    classifier = _train(FRUIT, ["fruit"] * 16)
    assert classifier.log_probabilities(["anything"], EMBED(["anything"])).tolist() == [[0.0]]


@pytest.mark.parametrize("text", ["", "   ", "👍", "[EMAIL]", "x" * 5000])
def test_any_text_gets_probabilities_that_sum_to_one(text: str) -> None:
    classifier = _train(FRUIT + TOOLS, ["fruit"] * 16 + ["tool"] * 16)
    assert np.exp(classifier.log_probabilities([text], EMBED([text]))).sum() == pytest.approx(1)


def test_scores_do_not_depend_on_the_batch() -> None:
    classifier = _train(FRUIT + TOOLS, ["fruit"] * 16 + ["tool"] * 16)
    texts = [*FRUIT, "", "apple saw", *TOOLS]
    together = classifier.log_probabilities(texts, EMBED(texts))
    alone = np.concatenate([classifier.log_probabilities([t], EMBED([t])) for t in texts])
    assert np.array_equal(together, alone)


def test_training_does_not_depend_on_the_number_of_threads() -> None:
    scores = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads):
            scores.append(_train(FRUIT + TOOLS, ["fruit"] * 16 + ["tool"] * 16).log_probabilities(FRUIT, EMBED(FRUIT)))
    assert np.array_equal(scores[0], scores[1])


def test_left_out_scores_are_those_of_a_classifier_that_never_saw_the_example() -> None:
    texts, labels = FRUIT + TOOLS, ["fruit"] * 16 + ["tool"] * 16
    _, left_out = train(texts, EMBED(texts), labels)
    without, _ = train(texts[1:], EMBED(texts[1:]), labels[1:])
    seen = without.models.scores(texts[:1], EMBED(texts[:1]))
    assert left_out.scores.meaning[0] == pytest.approx(seen.meaning[0], abs=1e-3)
    assert left_out.scores.nearness[0] == pytest.approx(seen.nearness[0], abs=1e-5)


def test_left_out_scores_omit_labels_with_a_single_example() -> None:
    texts = [*FRUIT, "rusty hammer"]
    _, left_out = train(texts, EMBED(texts), ["fruit"] * 16 + ["tool"])
    assert sorted(left_out.rows.tolist()) == list(range(16))
    assert left_out.scores.meaning.shape == (16, 2)
    assert left_out.first(3).rows.tolist() == [0, 1, 2]
    assert left_out.first(3).scores.wording.shape == (3, 2)


def test_products_are_those_of_the_sparse_rows() -> None:
    rng = np.random.default_rng(0)
    rows = sparse.csr_array(rng.random((70, 30), dtype=np.float32) * (rng.random((70, 30)) < 0.2))
    assert np.array_equal(products_with(rows, rows[:9]), (rows @ rows[:9].T).toarray())
