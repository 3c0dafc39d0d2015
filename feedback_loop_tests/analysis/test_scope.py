"""Strangers score higher than what was known, and the cut falls between both."""

from __future__ import annotations

import numpy as np

from feedback_loop.analysis.blend import OutOfFold, Scores
from feedback_loop.analysis.scope import Scope, cut_by_examples, learn_scope

RNG = np.random.default_rng(0)


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


KNOWN = _unit(np.array([1.0, 0, 0, 0]) + RNG.normal(0, 0.1, (200, 4)))
STRANGE = _unit(np.array([0, 0, 1.0, 0]) + RNG.normal(0, 0.1, (50, 4)))


def _scores(count: int, height: float) -> Scores:
    return Scores(RNG.normal(height, 0.2, (count, 2)), RNG.normal(height, 0.2, (count, 2)))


def _scope() -> Scope:
    return learn_scope(KNOWN, OutOfFold(np.arange(200), _scores(200, 1.0)))


def test_strangers_are_stranger_than_what_is_known() -> None:
    scope = _scope()
    strangers, known = scope.strangeness(STRANGE, _scores(50, 0.0)), scope.strangeness(KNOWN, _scores(200, 1.0))
    assert strangers.min() > np.quantile(known, 0.95)
    assert (strangers >= scope.cut).all()
    assert (known < scope.cut).mean() > 0.9


def test_confidence_is_the_share_of_known_texts_that_are_less_strange() -> None:
    scope = _scope()
    assert scope.confidence(np.array([-1e9, 1e9])).tolist() == [0.0, 1.0]


def test_cut_moves_between_known_texts_and_outsiders() -> None:
    scope = Scope(KNOWN, np.zeros(3), np.ones(3), 99.0, np.arange(0.0, 1.0, 0.01))
    cut = cut_by_examples(scope, np.array([5.0, 6.0, 7.0]))
    assert 0.99 < cut <= 5.0
    assert cut_by_examples(scope, np.zeros(0)) == 99.0


def test_without_held_out_scores_nothing_is_out_of_scope() -> None:
    scope = learn_scope(KNOWN, OutOfFold(np.zeros(0, np.int64), _scores(0, 0)))
    assert (scope.strangeness(STRANGE, _scores(50, 0.0)) < scope.cut).all()


def test_too_few_held_out_scores_turn_nothing_away() -> None:
    assert learn_scope(KNOWN, OutOfFold(np.arange(99), _scores(99, 1.0))).cut == float("inf")
    assert learn_scope(KNOWN, OutOfFold(np.arange(100), _scores(100, 1.0))).cut < float("inf")


def test_single_example_has_a_scope() -> None:
    scope = learn_scope(KNOWN[:1], OutOfFold(np.array([0]), _scores(1, 1.0)))
    assert np.isfinite(scope.strangeness(STRANGE, _scores(50, 0.0))).all()
