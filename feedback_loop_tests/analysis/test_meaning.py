"""Likeness of meaning alone tells labels apart, and left-out scores are exact."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.analysis.blend import NARROW_INTENTS
from feedback_loop.analysis.meaning import train_meaning
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBED = WordHashEmbedder().embed
TEXTS = [f"{word} {n}" for n in range(6) for word in ("apple", "hammer")]
TRUTH = np.tile([0, 1], 6).astype(np.int64)


def test_left_out_is_what_a_model_without_the_example_says() -> None:
    vectors = EMBED(TEXTS)
    _, left_out = train_meaning(vectors, TRUTH, 2, NARROW_INTENTS.meaning)
    without, _ = train_meaning(vectors[1:], TRUTH[1:], 2, NARROW_INTENTS.meaning)
    said = without.of(vectors[:1])
    assert left_out.scores[0] == pytest.approx(said.scores[0], abs=1e-4)
    assert left_out.nearness[0] == pytest.approx(said.nearness[0], abs=1e-6)


def test_some_rows_are_those_of_the_whole() -> None:
    model, _ = train_meaning(EMBED(TEXTS), TRUTH, 2, NARROW_INTENTS.meaning)
    said = model.of(EMBED(["an apple", "a hammer"]))
    assert said.scores.argmax(axis=1).tolist() == [0, 1]
    assert said.at(np.array([1])).scores.tolist() == said.scores[1:].tolist()
