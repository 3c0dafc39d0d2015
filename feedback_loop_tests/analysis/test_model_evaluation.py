"""Figures of a version count what they say, and worse is found on either count."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.model_evaluation import FEWEST_HELD_OUT, Answers, answers, compared


def _answers(right: list[bool], decided: list[bool] | None = None) -> Answers:
    return Answers(("crash",) * len(right), np.asarray(right, bool), np.asarray(decided or [True] * len(right), bool))


def test_answers_are_counted_by_class_and_by_decision() -> None:
    rows = pl.DataFrame(
        {"fragment_id": ["f2", "f1", "f3", "f9"], "taxonomy_class": ["a", "a", "b", "b"], "is_abstained": [False, False, True, False]}
    )
    found = answers(rows, {"f1": "a", "f2": "b", "f3": "b"})
    assert found.truth == ("a", "b", "b")
    assert list(found.counts.values()) == [3, 2, 2, 1]
    assert found.metrics["by_class"] == {
        "a": {"labels": 1, "right": 1, "decided_right": 1},
        "b": {"labels": 2, "right": 1, "decided_right": 0},
    }
    assert found.metrics["decided_precision"]["share"] == 0.5
    assert found.metrics["accuracy"]["low"] < 2 / 3 < found.metrics["accuracy"]["high"]


def test_too_few_held_out_labels_can_not_tell() -> None:
    some = _answers([True] * (FEWEST_HELD_OUT - 4))
    assert compared(some, some, "taxonomy_class").problems == ["only 26 held-out labels, 4 more are needed to tell whether it is worse"]


@pytest.mark.parametrize(("lost", "won", "is_refused"), [(3, 0, False), (4, 0, True), (6, 3, False), (9, 3, True), (0, 9, False)])
def test_being_right_less_often_is_refused_where_chance_would_not_do_it(lost: int, won: int, is_refused: bool) -> None:
    present = _answers([True] * lost + [False] * won + [True] * 30, [False] * (lost + won + 30))
    candidate = _answers([False] * lost + [True] * won + [True] * 30, [False] * (lost + won + 30))
    assert bool(compared(present, candidate, "taxonomy_class").problems) == is_refused


def test_more_wrong_decisions_are_refused_even_of_one_that_is_right_more_often() -> None:
    right = [False] * 10 + [True] * 30
    present, candidate = _answers(right, [False] * 40), _answers([False] * 5 + [True] * 35, [True] * 40)
    (problem,) = compared(present, candidate, "taxonomy_class").problems
    assert problem.startswith("free of wrong decisions on 0 of 40")


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=FEWEST_HELD_OUT, max_size=60))
def test_nothing_is_worse_than_itself(said: list[tuple[bool, bool]]) -> None:
    one = _answers([right for right, _ in said], [decided for _, decided in said])
    assert compared(one, one, "taxonomy_class").problems == []
