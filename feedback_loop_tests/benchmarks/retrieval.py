"""Retrieval: nDCG and recall in the first ten documents by words, by meaning and by both, with intervals; and speed.

Run it with `python -m feedback_loop_tests.benchmarks.retrieval [--questions 1000] [--passages 10000]`; 0 leaves a part out. Intervals are
those of the bootstrap over questions (95 %, 1,000 draws). What a reader may not see is left out before anything is counted, as everywhere.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from math import log2
from pathlib import Path
from typing import Any

import numpy as np

from feedback_loop.adapters.models import open_uncached
from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.config import EmbedderChoice
from feedback_loop.contracts.knowledge import FoundPassage, Reader
from feedback_loop.ports import Embedder, Vectors
from feedback_loop.workflows.knowledge import Library
from feedback_loop_tests.benchmarks.retrieval_sets import BEGIN, Asked, RetrievalSet, frame, retrieval_sets, unrelated_questions

SEED = 20_261_130
FIRST = 10
LIBRARIES = ("numpy", "polars", "onnxruntime")
_LAST = 10**6
WAYS: dict[str, Callable[[FoundPassage], float]] = {
    "words (FTS5, BM25)": lambda one: one.word_rank or _LAST,
    "meaning (cosine)": lambda one: one.meaning_rank or _LAST,
    "both (reciprocal rank)": lambda one: -one.fused_score,
}


def first_documents(found: Sequence[FoundPassage], way: Callable[[FoundPassage], float], asked: Asked) -> list[str]:
    """The first ten documents in this way's order."""
    ordered = sorted((one for one in found if way(one) < _LAST), key=way)
    ids = dict.fromkeys(one.passage.document_id for one in ordered if one.passage.document_id != asked.itself)
    return list(ids)[:FIRST]


def ndcg(ids: Sequence[str], relevant: frozenset[str]) -> float:
    """Discounted cumulative gain of the first ten as a share of the best possible one; documents answer or don't."""
    gained = sum(1 / log2(place + 2) for place, name in enumerate(ids) if name in relevant)
    return gained / sum(1 / log2(place + 2) for place in range(min(FIRST, len(relevant))))


def recall(ids: Sequence[str], relevant: frozenset[str]) -> float:
    """The share of what answers that stands in the first ten."""
    return len(relevant & set(ids)) / len(relevant)


def interval(values: Sequence[float] | np.ndarray[Any, Any]) -> str:
    """Mean and 95 % interval."""
    rng, found = np.random.default_rng(SEED), np.array(values)
    means = found[rng.integers(0, len(found), (1_000, len(found)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{found.mean():.3f} ({low:.3f} to {high:.3f})"


def judge(made: RetrievalSet, embedder: Embedder, unrelated: Sequence[str]) -> None:
    """Prints the figures of one set."""
    library = Library(made.documents, SqlitePassageIndex(), embedder)
    reader = Reader(made.at)
    found = [library.search(one.text, reader, 200) for one in made.asked]
    print(f"\n{made.name}: {library.documents['document_id'].n_unique()} documents, {len(made.asked)} questions")
    scores = {}
    for name, way in WAYS.items():
        ids = [first_documents(of_one, way, one) for of_one, one in zip(found, made.asked, strict=True)]
        pairs = [(of_one, one.relevant) for of_one, one in zip(ids, made.asked, strict=True)]
        scores[name] = np.array([ndcg(*pair) for pair in pairs])
        print(f"  {name:<24} nDCG@10 {interval(scores[name])}  recall@10 {interval([recall(*pair) for pair in pairs])}")
    both = scores["both (reciprocal rank)"]
    for name in list(WAYS)[:2]:
        print(f"  both − {name:<17} nDCG@10 {interval(both - scores[name])}")
    if unrelated:
        said = [library.search(text, reader, 200) for text in unrelated]
        silent, rested = np.mean([not one for one in said]), np.mean([any(found.speaks_of_it for found in one) for one in said])
        print(f"  {len(said)} questions about other things: nothing found for {silent:.3f}, something rests on {rested:.3f}")


class RandomVectors:
    """As many numbers a text as the encoder has, in no time: what is left is the time of the index itself."""

    model_version, dimension = "random", 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        made = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dimension), dtype=np.float32)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def speed(encoder: Embedder, passages: int, rng: random.Random) -> None:
    """Prints how long it takes to index so many passages without their vectors, to add one, to ask, and what the encoder adds."""
    sets = list(retrieval_sets(random.Random(SEED), 100))
    words = sorted({word for made in sets for text in made.documents["document_text"] for word in text.split()})
    rows: list[dict[str, object]] = [
        {"document_id": f"d{n}", "document_title": f"Document {n}", "document_text": " ".join(rng.choices(words, k=60))}
        for n in range(passages)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = SqlitePassageIndex(Path(folder) / "passages.sqlite")
        begun = time.process_time()
        library = Library(frame(rows), index, RandomVectors())
        print(f"\n{passages} passages of 60 words indexed, vectors given: {time.process_time() - begun:.1f} CPU-s")
        begun = time.process_time()
        library = Library(frame([*rows, {**rows[0], "document_id": "new", "document_text": "One more."}]), index, RandomVectors())
        print(f"one document more: {time.process_time() - begun:.2f} CPU-s")
        seconds = [_asked_seconds(library, one.text) for one in sets[0].asked]
        print(
            f"a question: first {seconds[0]:.3f}, then median {np.median(seconds[1:]):.4f}, 95 % {np.quantile(seconds[1:], 0.95):.4f} CPU-s"
        )
    begun = time.process_time()
    encoder.embed([str(row["document_text"]) for row in rows[:200]])
    print(f"the encoder: {200 / (time.process_time() - begun):.0f} such passages a CPU-s")


def _asked_seconds(library: Library, text: str) -> float:
    begun = time.process_time()
    library.search(text, Reader(BEGIN), FIRST)
    return time.process_time() - begun


def main() -> None:
    """Prints everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--passages", type=int, default=10_000)
    wanted = parser.parse_args()
    print(", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    embedder = open_uncached(EmbedderChoice.MINILM)
    unrelated = unrelated_questions()
    for made in retrieval_sets(random.Random(SEED), wanted.questions) if wanted.questions else ():
        judge(made, embedder, unrelated)
    if wanted.passages:
        speed(embedder, wanted.passages, random.Random(SEED))


if __name__ == "__main__":
    main()
