"""Planted wrong labels are found, right ones are left alone, the worst come first."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.label_doubts import label_doubts


def test_a_planted_wrong_label_is_found_with_the_class_that_is_likelier() -> None:
    probabilities = np.asarray([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.95, 0.05]])
    (doubt,) = label_doubts(probabilities, np.asarray([0, 0, 1, 1, 1]))
    assert (doubt.row, doubt.likelier, round(doubt.margin, 2)) == (4, 0, 0.9)


def test_a_class_that_is_hard_for_everybody_puts_nobody_in_doubt() -> None:
    # All of class 1 look like class 0 a little, but less than class 0 itself does: thresholds are per class.
    probabilities = np.asarray([[0.95, 0.05], [0.9, 0.1], [0.55, 0.45], [0.55, 0.45]])
    assert label_doubts(probabilities, np.asarray([0, 0, 1, 1])) == []


@given(st.lists(st.tuples(st.integers(0, 2), st.lists(st.floats(0.01, 1), min_size=3, max_size=3)), max_size=20))
def test_doubts_are_ordered_and_each_names_another_likelier_class(rows: list[tuple[int, list[float]]]) -> None:
    given_classes = np.asarray([label for label, _ in rows], np.int64)
    raw = np.asarray([weights for _, weights in rows]).reshape(-1, 3)
    probabilities = raw / raw.sum(axis=1, keepdims=True) if len(rows) else raw
    doubts = label_doubts(probabilities, given_classes)
    assert [d.margin for d in doubts] == sorted((d.margin for d in doubts), reverse=True)
    assert all(0 < d.margin <= 1 and d.likelier != given_classes[d.row] for d in doubts)
    assert len({d.row for d in doubts}) == len(doubts)


def test_a_class_that_nobody_bears_is_never_likelier() -> None:
    assert label_doubts(np.asarray([[0.1, 0.9], [0.2, 0.8]]), np.asarray([0, 0])) == []
