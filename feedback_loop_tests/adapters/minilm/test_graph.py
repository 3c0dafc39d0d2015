"""The graph computes BERT: checked against a second forward pass, written in NumPy in double precision from the paper's formulas."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.adapters.minilm.tokenise import Tokeniser
from feedback_loop.adapters.minilm.weights import WEIGHTS_FILE, PublishedModel, model_folder, read_tokeniser
from feedback_loop_tests.adapters.minilm.reference import Reference

TEXTS = [
    "The app crashes whenever I open my statement",
    "ok",
    "",
    "मेरा पैसा वापस नहीं आया 😡",
    "I was charged twice for one order, support answered after nine days and closed the ticket without a refund. " * 20,
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(model_folder() / WEIGHTS_FILE, PublishedModel.shape)


@pytest.mark.parametrize("text", TEXTS, ids=["sentence", "one word", "empty", "hindi and emoji", "longer than 256 tokens"])
def test_vector_is_that_of_the_reference(text: str, embedder: MiniLmEmbedder, reference: Reference) -> None:
    (ids,) = Tokeniser(read_tokeniser(model_folder()), 256).tokenise([text])
    assert np.abs(embedder.embed([text])[0] - reference.vector(ids)).max() < 1e-5
