"""Strangers score higher than what was known, and the cuts fall between both."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.analysis.blend import LeftOut, Scores
from feedback_loop.analysis.scope import Scope, learn_scope, with_outsiders

RNG = np.random.default_rng(0)
EVEN = np.arange(0.0, 1.0, 0.01)


def _scores(count: int, height: float) -> Scores:
    return Scores(RNG.normal(height, 0.2, (count, 2)), RNG.normal(height, 0.2, (count, 2)), RNG.normal(height, 0.2, count))


def _scope(count: int = 200) -> Scope:
    return learn_scope(LeftOut(np.arange(count), np.zeros(count, np.int64), _scores(count, 1.0)))


def test_strangers_are_stranger_than_what_is_known() -> None:
    scope = _scope()
    strangers, known = scope.strangeness(_scores(50, 0.0)), scope.strangeness(_scores(200, 1.0))
    assert strangers.min() > np.quantile(known, 0.95)
    assert (strangers >= scope.doubt).all()
    assert (known < scope.doubt).mean() > 0.9
    assert scope.cut == float("inf")


def test_confidence_is_the_share_of_known_texts_that_are_less_strange() -> None:
    assert _scope().confidence(np.array([-1e9, 1e9])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("count", [100, 1000, 10_000])
def test_at_most_one_in_forty_known_texts_is_doubted(count: int) -> None:
    scope = _scope(count)
    assert (scope.usual >= scope.doubt).mean() < 0.025


def test_more_known_texts_allow_more_doubt() -> None:
    shares = [(scope.usual >= scope.doubt).mean() for scope in (_scope(100), _scope(1000), _scope(10_000))]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(0.023, abs=0.001)


def test_cut_moves_between_known_texts_and_outsiders() -> None:
    scope = with_outsiders(Scope(np.zeros(3), np.ones(3), 99.0, 99.0, EVEN), np.array([100.0, 101.0]))
    assert 99.0 <= scope.cut <= 100.0
    unsure = with_outsiders(Scope(np.zeros(3), np.ones(3), float("inf"), 99.0, EVEN), np.array([5.0, 6.0, 7.0]))
    assert 0.99 < unsure.cut <= 5.0
    assert unsure.doubt == unsure.cut


def test_outsiders_never_cut_off_more_known_texts_than_are_doubted() -> None:
    scope = with_outsiders(Scope(np.zeros(3), np.ones(3), 0.95, 0.99, EVEN), np.full(50, 0.9))
    assert scope.cut == scope.doubt == 0.95


def test_without_outsiders_the_cut_stays() -> None:
    scope = _scope()
    assert with_outsiders(scope, np.zeros(0)) is scope


def test_without_left_out_scores_nothing_is_out_of_scope() -> None:
    assert (_scope(0).strangeness(_scores(50, 0.0)) < _scope(0).doubt).all()


def test_too_few_left_out_scores_turn_nothing_away() -> None:
    assert _scope(90).doubt == float("inf")
    assert _scope(91).doubt < float("inf")
