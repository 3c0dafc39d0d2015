"""The eight-bit encoder comes near the other, gives a text the same bits in any batch, and says in its version that it is another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder, open_int8_encoder
from feedback_loop.adapters.minilm.int8 import RANGES_FILE, Int8Kernel, measured_ranges
from feedback_loop.adapters.minilm.tokenise import Tokeniser
from feedback_loop.adapters.minilm.weights import PublishedModel

TEXTS = [
    "The app crashes whenever I open my statement",
    "ok",
    "",
    "Ich wurde zweimal belastet und niemand antwortet.",
    "I was charged twice for one order, support answered after nine days and closed the ticket. " * 20,
]


@pytest.fixture(scope="module")
def integers() -> MiniLmEmbedder:
    return open_int8_encoder()


def test_vectors_are_near_those_in_single_precision(integers: MiniLmEmbedder, embedder: MiniLmEmbedder) -> None:
    cosines = (integers.embed(TEXTS) * embedder.embed(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.98
    assert cosines.mean() > 0.99


def test_texts_bits_do_not_depend_on_its_batch(integers: MiniLmEmbedder) -> None:
    crowd = [f"text number {n} of {word} words" for n in range(40) for word in ("four", "five more", "some further and longer")]
    together = integers.embed([*TEXTS, *crowd])
    assert np.array_equal(together[: len(TEXTS)], np.concatenate([integers.embed([text]) for text in TEXTS]))
    assert np.array_equal(together[len(TEXTS) :][::-1], integers.embed(crowd[::-1]))
    assert np.array_equal(MiniLmEmbedder(threads=1, kernel=Int8Kernel()).embed(crowd), integers.embed(crowd))


def test_other_ranges_are_another_version(integers: MiniLmEmbedder, embedder: MiniLmEmbedder, tmp_path: Path) -> None:
    file = tmp_path / "ranges.safetensors"
    save_file({name: values * np.float32(2) for name, values in load_file(RANGES_FILE).items()}, file)
    versions = {one.model_version for one in (integers, embedder, MiniLmEmbedder(kernel=Int8Kernel(file)))}
    assert len(versions) == 3
    assert integers.model_version == open_int8_encoder().model_version


def test_ranges_are_the_largest_values_of_every_state_that_is_read() -> None:
    model = PublishedModel()
    one, other = Tokeniser(model.tokeniser(), 256).tokenise(TEXTS[:2])
    first, second, both = (measured_ranges(model, texts) for texts in ([one], [other], [one, other]))
    assert set(both) == set(load_file(RANGES_FILE))
    assert all(np.array_equal(both[name], np.maximum(first[name], second[name])) for name in both)
