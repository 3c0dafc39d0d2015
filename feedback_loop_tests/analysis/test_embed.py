"""Each fragment gets the vector of its masked text, in order, with the version of the model that made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from feedback_loop.analysis.embed import SCHEMA, embeddings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.ports import Vectors
from feedback_loop_tests.contracts.rows import frame_of

FRAGMENT, EMBEDDING = TABLES["silver_fragment"], TABLES["analysis_embedding"]


class LetterEmbedder:
    """A vector per text by its first letter; remembers what it was asked."""

    model_version = "letters-1"
    dimension = 3

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        return np.stack([np.eye(3, dtype=np.float32)[ord(text[0]) % 3] for text in texts])


def fragments(*texts: str) -> pl.DataFrame:
    changes = [{"fragment_id": f"f{n}", "masked_text": text, "text_hash": f"h{n}"} for n, text in enumerate(texts)]
    return frame_of(FRAGMENT, *changes)


def test_every_fragment_has_the_vector_of_its_text_in_order() -> None:
    made = embeddings(fragments("a", "b", "c", "a"), LetterEmbedder())
    assert made["fragment_id"].to_list() == ["f0", "f1", "f2", "f3"]
    assert made["vector"].to_list() == [[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert made["text_hash"].to_list() == ["h0", "h1", "h2", "h3"]
    assert set(made["embedding_model_version"]) == {"letters-1"}


def test_the_rows_fulfil_the_contract_of_their_table() -> None:
    made = embeddings(fragments("a", "b"), LetterEmbedder())
    assert made.schema == SCHEMA
    assert violations(made, EMBEDDING) == []


def test_the_model_sees_masked_text_alone() -> None:
    embedder = LetterEmbedder()
    embeddings(fragments("call [PHONE]", "b").with_columns(fingerprint=pl.lit("not this")), embedder)
    assert embedder.asked == [["call [PHONE]", "b"]]


def test_no_fragments_ask_the_model_nothing() -> None:
    embedder = LetterEmbedder()
    made = embeddings(fragments(), embedder)
    assert embedder.asked == []
    assert made.is_empty()
    assert made.schema == SCHEMA


def test_a_model_that_returns_too_few_vectors_is_noticed() -> None:
    class Forgetful(LetterEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            return super().embed(texts)[:-1]

    with pytest.raises(pl.exceptions.PolarsError):
        embeddings(fragments("a", "b", "c"), Forgetful())
