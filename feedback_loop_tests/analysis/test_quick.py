"""A static table of words tells labels apart without an encoder, each text by itself."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.analysis.quick import terms_of, train_quick
from feedback_loop.methods.statistics.calibration import Indices
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBED = WordHashEmbedder().embed
FRUIT = [f"{adjective} {noun}" for adjective in ("ripe", "sour", "sweet", "green") for noun in ("apple", "pear", "plum", "cherry")]
TOOLS = [f"{adjective} {noun}" for adjective in ("heavy", "rusty", "sharp", "broken") for noun in ("hammer", "saw", "drill", "chisel")]
TEXTS = FRUIT + TOOLS
TRUTH: Indices = np.repeat([0, 1], 16).astype(np.int64)


def test_terms_are_words_pairs_and_beginnings() -> None:
    assert terms_of("Cards declined!") == ["cards", "declined", "cards declined", "card*", "decl*"]
    assert terms_of("…") == []


def test_labels_are_told_apart_by_words_that_were_seen() -> None:
    models, _ = train_quick(TEXTS, EMBED(TEXTS), TRUTH, 2)
    assert models.scores(["an apple and a plum", "the old saw"]).meaning.argmax(axis=1).tolist() == [0, 1]


def test_left_out_scores_are_those_of_models_that_never_saw_the_example() -> None:
    """The table's other rows move a little when an example leaves, so the scores are near and not equal."""
    texts = [f"{text} number {n}" for n in range(3) for text in TEXTS]
    truth = np.tile(TRUTH, 3)
    _, left_out = train_quick(texts, EMBED(texts), truth, 2)
    rest = [i for i in range(len(texts)) if i != 5]
    without, _ = train_quick([texts[i] for i in rest], EMBED([texts[i] for i in rest]), truth[rest], 2)
    assert left_out.meaning[5] == pytest.approx(without.scores([texts[5]]).meaning[0], abs=0.1)
    assert left_out.nearness[5] == pytest.approx(without.scores([texts[5]]).nearness[0], abs=0.1)


def test_text_of_unknown_words_is_less_near_than_one_of_known_words() -> None:
    models, _ = train_quick(TEXTS, EMBED(TEXTS), TRUTH, 2)
    known, unknown = models.scores(["ripe apple", "quantum flux"]).nearness
    assert known > unknown


def test_scores_do_not_depend_on_the_texts_beside() -> None:
    models, _ = train_quick(TEXTS, EMBED(TEXTS), TRUTH, 2)
    texts = [f"{text} and {other}" for text in FRUIT for other in TOOLS]
    alone = np.concatenate([models.scores([text]).meaning for text in texts])
    assert np.array_equal(models.scores(texts).meaning, alone)


@pytest.mark.parametrize("texts", [["…"], ["苹果"], ["!!!", "ok"]])
def test_odd_texts_do_no_harm(texts: list[str]) -> None:
    models, left_out = train_quick(texts, EMBED(texts), np.zeros(len(texts), np.int64), 1)
    assert np.isfinite(left_out.meaning).all()
    assert np.isfinite(models.scores(["x", ""]).meaning).all()
    assert models.scores([]).meaning.shape == (0, 1)
