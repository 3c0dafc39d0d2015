"""Passages are ranked by words, by meaning, and by both; what a reader may not see changes no place and no score."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.knowledge import Occurrences
from feedback_loop.methods.retrieval.ranking import (
    DEEPEST_RANK,
    LOWEST_COSINE,
    cosines,
    first_rows,
    ranked,
    reciprocal_ranks,
    word_scores,
)


def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def term(word: str, **counts: int) -> Occurrences:
    """A term that stands in the passages p1, p2, … so often."""
    places = {int(name[1:]): count for name, count in counts.items()}
    return Occurrences(word, numbers(*places), numbers(*places.values()))


def test_bm25_is_that_of_the_textbook() -> None:
    found = word_scores([term("pay", p0=2)], numbers(10, 20, 30))
    rarity = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert found.tolist() == pytest.approx([rarity * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 10 / 20)), 0, 0])


def test_a_rare_word_counts_more_than_one_that_all_passages_have_and_none_counts_against() -> None:
    common, rare = term("the", p0=1, p1=1, p2=1), term("basket", p1=1)
    found = word_scores([common, rare], numbers(5, 5, 5))
    assert found[1] > found[0] > 0


def test_ranks_are_added_by_their_reciprocals_and_a_row_of_both_lists_wins() -> None:
    fused = reciprocal_ranks([7, 3], [3, 9])
    assert fused == pytest.approx({7: 1 / 61, 3: 1 / 62 + 1 / 61, 9: 1 / 62})


def test_what_was_found_says_by_which_words_and_in_which_places() -> None:
    found = ranked([term("pay", p10=1, p30=1), term("blank", p30=2)], numbers(10, 20, 30), numbers(5, 5, 5), np.array([0.1, 0.9, 0.5]))
    assert [(one.row, one.word_rank, one.meaning_rank, one.matched_words, one.nearness_score) for one in found] == [
        (2, 1, 2, ("blank", "pay"), 0.5),
        (1, None, 1, (), 0.9),
        (0, 2, None, ("pay",), 0.1),
    ]


def test_without_vectors_words_alone_rank() -> None:
    assert [one.row for one in ranked([term("pay", p10=1)], numbers(10, 20), numbers(5, 5), None)] == [0]


def test_nothing_is_found_where_no_word_and_no_meaning_agrees() -> None:
    assert ranked([term("pay", p99=1)], numbers(10), numbers(5), np.array([LOWEST_COSINE])) == []
    assert ranked([], numbers(), numbers(), np.array([])) == []


def test_the_nearest_of_several_questions_counts() -> None:
    vectors, asked = np.eye(2, dtype=np.float32), np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
    assert cosines(vectors, asked).tolist() == pytest.approx([1.0, 0.8])
    assert cosines(vectors, asked[:0]).tolist() == [-1.0, -1.0]


def test_of_equal_scores_the_lower_row_comes_first_and_lists_end() -> None:
    assert first_rows(np.zeros(3), -1) == [0, 1, 2]
    assert len(first_rows(np.ones(DEEPEST_RANK + 5), 0)) == DEEPEST_RANK


COUNTS = st.dictionaries(st.integers(0, 19), st.integers(1, 4), max_size=20)


@given(COUNTS, COUNTS, st.sets(st.integers(0, 19), min_size=1))
def test_scores_and_ranks_are_those_of_an_index_that_never_held_the_rest(
    one: dict[int, int], other: dict[int, int], seen: set[int]
) -> None:
    rows, lengths = numbers(*sorted(seen)), numbers(*(5 + number for number in sorted(seen)))

    def terms(kept: set[int]) -> list[Occurrences]:
        pairs = [sorted((n, c) for n, c in counts.items() if n in kept) for counts in (one, other)]
        return [Occurrences(w, numbers(*(n for n, _ in p)), numbers(*(c for _, c in p))) for w, p in zip("ab", pairs, strict=True)]

    assert ranked(terms(set(range(20))), rows, lengths, None) == ranked(terms(seen), rows, lengths, None)
