"""Hashed n-grams: fixed by the text alone, near in spelling is near in space."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.ports import Embedder

EMBEDDER = TfidfEmbedder()


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=80), min_size=1, max_size=10))
def test_vector_has_the_same_bits_whatever_stands_beside_it(texts: list[str]) -> None:
    together = EMBEDDER.embed(texts)
    assert np.array_equal(together, np.concatenate([EMBEDDER.embed([text]) for text in texts]))
    assert np.array_equal(together, EMBEDDER.embed(texts[::-1])[::-1])
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_order_is_kept_beyond_one_chunk() -> None:
    texts = [f"ticket number {row}" for row in range(5_000)]
    vectors = EMBEDDER.embed(texts)
    assert np.array_equal(vectors[[0, 4_095, 4_096, 4_999]], EMBEDDER.embed([texts[row] for row in (0, 4_095, 4_096, 4_999)]))


def test_same_words_are_nearer_than_other_words() -> None:
    left = EMBEDDER.embed(["refund not received yet", "app crashes on startup", "card was blocked"])
    right = EMBEDDER.embed(["my refund isn't recieved", "the app crashed at startup again", "they blocked my card"])
    assert (left @ right.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_repeating_a_word_turns_the_vector_less_each_time() -> None:
    one, two, many = EMBEDDER.embed(["slow app", "slow slow app", "slow slow slow slow slow slow slow app"])
    assert one @ two > one @ many > 0.5


def test_projection_keeps_unrelated_texts_apart() -> None:
    vectors = EMBEDDER.embed([f"{a}{b}{a}{b}" for a in "qwzxvk" for b in "jyphbg"])
    assert np.abs(vectors @ vectors.T - np.eye(36))[~np.eye(36, dtype=bool)].mean() < 0.1


def test_texts_without_characters_share_one_unit_row() -> None:
    vectors = EMBEDDER.embed(["", "   "])
    assert vectors[0, 0] == vectors[1, 0] == 1
    assert EMBEDDER.embed([]).shape == (0, 384)


def test_vectors_of_this_version_never_change() -> None:
    port: Embedder = EMBEDDER
    assert port.model_version == "hashed-ngrams/sublinear-no-idf/v1"
    vector = EMBEDDER.embed(["Refund missing since May"])[0]
    assert np.allclose(vector[[93, 7, 108, 27, 148]], [0.2386653, 0.2386653, 0.1880225, 0.1880225, -0.1880225], atol=1e-6)
