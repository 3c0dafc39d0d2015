"""A vector follows from its text alone, bit for bit; near in meaning is near in space."""

from __future__ import annotations

import csv
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.minilm.embedder import BATCH_TOKENS, MiniLmEmbedder, _batches, pooled
from feedback_loop.ports import Embedder, Vectors

REVIEWS = Path(__file__).parents[4] / "shared" / "data" / "play_reviews"
WORDS = ["app", "crash", "login", "refund", "slow", "great", "please", "update", "card", "money", "never", "😡", "₹500", "v1.1.4", "खाता"]
EMBEDDER = MiniLmEmbedder(threads=2)

texts_of_any_length = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.text(max_size=60), st.sampled_from(["", "ok", "ok ok", "refund " * 300])
)


def one_by_one(embedder: MiniLmEmbedder, texts: list[str]) -> Vectors:
    return np.concatenate([embedder.embed([text]) for text in texts])


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(texts_of_any_length, min_size=1, max_size=8), order=st.randoms(use_true_random=False))
def test_vector_has_the_same_bits_whatever_stands_beside_it(texts: list[str], order: random.Random) -> None:
    alone = one_by_one(EMBEDDER, texts)
    rows = list(range(len(texts)))
    order.shuffle(rows)
    assert np.array_equal(EMBEDDER.embed(texts), alone)
    assert np.array_equal(EMBEDDER.embed([texts[row] for row in rows]), alone[rows])


@pytest.mark.parametrize("token_count", [2, 3, 7, 8, 9, 16, 17, 31, 64, 128, 255, 256])
def test_vector_has_the_same_bits_alone_and_in_a_full_batch(token_count: int, embedder: MiniLmEmbedder) -> None:
    names = ["app", "pay", "log", "card", "bug"]
    seeded = random.Random(token_count)
    texts = [" ".join(seeded.choices(names, k=token_count - 2)) for _ in range(max(3, min(24, BATCH_TOKENS // token_count + 1)))]
    assert np.array_equal(embedder.embed(texts), one_by_one(embedder, texts))


def test_real_reviews_have_the_same_bits_in_any_batch(embedder: MiniLmEmbedder) -> None:
    if not REVIEWS.is_dir():
        pytest.skip("shared/data/play_reviews is absent, so the bits were compared on made-up texts only")
    texts = real_reviews()[::80]
    together = embedder.embed(texts)
    assert np.array_equal(one_by_one(embedder, texts), together)
    assert np.array_equal(embedder.embed(texts[::-1])[::-1], together)
    cuts = [0, *sorted(random.Random(7).sample(range(1, len(texts)), 12)), len(texts)]
    assert np.array_equal(np.concatenate([embedder.embed(texts[a:b]) for a, b in pairwise(cuts)]), together)


def test_number_of_threads_does_not_change_a_bit(embedder: MiniLmEmbedder) -> None:
    texts = [" ".join(WORDS[: 1 + row % 15]) + f" {row}" for row in range(120)]
    assert np.array_equal(MiniLmEmbedder(threads=1).embed(texts), embedder.embed(texts))


def test_paraphrases_are_nearer_than_other_complaints(embedder: MiniLmEmbedder) -> None:
    pairs = [
        ("The app crashes when I open it", "It closes by itself on launch"),
        ("I was charged twice", "The same payment went out two times"),
        ("I can't log in, the code never arrives", "No OTP received, unable to sign in"),
        ("Please add a dark theme", "A night mode would be a nice feature"),
    ]
    left, right = embedder.embed([a for a, _ in pairs]), embedder.embed([b for _, b in pairs])
    assert (left @ right.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert (right @ left.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_rows_have_unit_length_and_the_order_of_the_texts(embedder: MiniLmEmbedder) -> None:
    texts = ["a longer text about a late refund", "", "crash", "a longer text about a late refund", "\ud83d"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (5, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[0], vectors[3])
    assert np.array_equal(vectors[2], embedder.embed(["crash"])[0])


def test_no_texts_give_no_rows(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_batches_hold_one_length_and_every_row_once() -> None:
    lengths = [256, 3, 3, 200, 3, 256, 256, *[2] * 600]
    batches = list(_batches([np.zeros(length, dtype=np.int64) for length in lengths]))
    assert sorted(row for rows in batches for row in rows) == list(range(len(lengths)))
    assert all(len({lengths[row] for row in rows}) == 1 for rows in batches)
    assert max(len(rows) * lengths[rows[0]] for rows in batches) == BATCH_TOKENS


def test_pooling_is_the_direction_of_the_mean() -> None:
    states = np.array([[[3.0, 0.0], [0.0, 4.0]]], dtype=np.float32)
    assert np.allclose(pooled(states), [[0.6, 0.8]])


def test_version_names_model_kernel_and_weights(embedder: MiniLmEmbedder) -> None:
    port: Embedder = embedder
    assert port.model_version == "minilm-l6-v2/fp32-ort/53aa51172d14"


def real_reviews() -> list[str]:
    texts: dict[str, None] = {}
    for path in sorted(REVIEWS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts.update(dict.fromkeys(row["content"] for row in csv.DictReader(file)))
    return list(texts)
