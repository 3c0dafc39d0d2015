"""Passages in the order in which they answer a question: by words (BM25), by meaning (cosine), and both by reciprocal rank.

BM25 is Robertson's with Lucene's inverse frequency, which is never negative; reciprocal rank fusion is that of Cormack, Clarke & Büttcher
(SIGIR 2009) with k = 60. The rule that is easy to break: frequencies and lengths are those of the passages that are given, which are those
that the reader may see; an index knows more, and its own figures would tell of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback_loop.contracts.knowledge import Numbers, Occurrences

RANK_CONSTANT = 60
DEEPEST_RANK = 100
"""So far down each list is looked at."""

LOWEST_COSINE = 0.15
"""Where a list by meaning, which would rank every passage, ends; between it and twice as much two texts may have to do with each other."""

_SATURATION, _LENGTH_WEIGHT = 1.2, 0.75

Scores = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Ranked:
    """The row of a passage with its ranks, 1 first; None where a list does not hold it."""

    row: int
    fused_score: float
    word_rank: int | None
    meaning_rank: int | None
    nearness_score: float
    """The cosine; 0 where none is known, or it is negative."""
    matched_words: tuple[str, ...]


def ranked(occurrences: Sequence[Occurrences], numbers: Numbers, lengths: Numbers, cosines: Scores | None) -> list[Ranked]:
    """The rows that words or meaning find, the best first; `numbers`, ascending, `lengths` in terms and `cosines` are of the same rows."""
    present = [_present(one, numbers) for one in occurrences]
    by_words = first_rows(word_scores(present, lengths), 0.0)
    by_meaning = [] if cosines is None else first_rows(cosines, LOWEST_COSINE)
    places = [{row: rank for rank, row in enumerate(rows, 1)} for rows in (by_words, by_meaning)]
    fused = reciprocal_ranks(by_words, by_meaning)
    order = sorted(fused, key=lambda row: (-fused[row], row))
    near = np.zeros(len(numbers)) if cosines is None else np.maximum(cosines, 0.0)
    return [Ranked(row, fused[row], places[0].get(row), places[1].get(row), float(near[row]), _matched(row, present)) for row in order]


def reciprocal_ranks(*lists: Sequence[int]) -> dict[int, float]:
    """The sum of 1 / (k + rank) of each row over the lists that hold it."""
    found: dict[int, float] = {}
    for rows in lists:
        for rank, row in enumerate(rows, 1):
            found[row] = found.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    return found


def word_scores(terms: Sequence[Occurrences], lengths: Numbers) -> Scores:
    """BM25 of each row, 0 where it holds no term; the `numbers` of the terms are rows."""
    scores = np.zeros(len(lengths))
    relative = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1.0))
    for _, rows, counts in terms:
        rarity = np.log1p((len(lengths) - len(rows) + 0.5) / (len(rows) + 0.5))
        scores[rows] += rarity * counts * (_SATURATION + 1) / (counts + relative[rows])
    return scores


def cosines(vectors: Matrix, asked: Matrix) -> Scores:
    """Of each row the greatest cosine with one of the texts that are asked about; rows of both are of unit length."""
    return np.asarray((vectors @ asked.T).max(axis=1, initial=-1.0), dtype=np.float64)


def first_rows(scores: Scores, above: float) -> list[int]:
    """The rows whose score is above, the highest first, the lower row first where two are equal, at most `DEEPEST_RANK`."""
    order = np.argsort(-scores, kind="stable")[:DEEPEST_RANK]
    return [int(row) for row in order if scores[row] > above]


def _present(term: Occurrences, numbers: Numbers) -> Occurrences:
    """The term's occurrences in the given passages, by row."""
    rows = np.searchsorted(numbers, term.numbers)
    is_here = rows < len(numbers)
    is_here[is_here] = numbers[rows[is_here]] == term.numbers[is_here]
    return Occurrences(term.word, rows[is_here].astype(np.int64), term.counts[is_here])


def _matched(row: int, terms: Sequence[Occurrences]) -> tuple[str, ...]:
    holding = [(len(term.numbers), term.word) for term in terms if row in term.numbers]
    return tuple(dict.fromkeys(word for _, word in sorted(holding)))
