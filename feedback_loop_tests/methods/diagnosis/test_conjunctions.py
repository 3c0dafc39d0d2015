"""Every conjunction of up to three values that stands out is looked at, the plainest ones with the better prior."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.diagnosis import conjunctions
from feedback_loop.methods.diagnosis.conjunctions import Candidate, candidates
from feedback_loop.methods.diagnosis.mix import History
from feedback_loop_tests.methods.diagnosis.made_up_window import WINDOW, MadeUp, made_up


def found(told: MadeUp) -> list[tuple[dict[str, str], Candidate]]:
    rows = told.coded()
    is_now = rows.at >= WINDOW.start
    late = rows.at[is_now] >= WINDOW.start + WINDOW.length // 2
    made = candidates(rows.codes[is_now], late, History.plain(rows.codes[~is_now]), rows.sizes, 200.0)
    return [(rows.named(one.pairs) if one.is_known else {}, one) for one in made]


RISEN = made_up().more(40, os="web", area="login")


def test_the_segment_that_rose_is_the_most_striking_with_its_counts() -> None:
    (named, first), *_ = found(RISEN)
    assert named == {"os": "web", "area": "login"}
    assert first.observed >= 40
    assert first.usual == first.counted
    assert first.observed > 3 * first.usual / 28


def test_up_to_three_values_go_together() -> None:
    assert {len(one.pairs) for _, one in found(RISEN)} == {1, 2, 3}


def test_fewer_values_are_likelier_before_anything_is_seen() -> None:
    priors = {tuple(named.items()): one.log_prior for named, one in found(RISEN)}
    assert priors[(("os", "web"),)] > priors[(("os", "web"), ("area", "login"))]


def test_a_missing_attribute_is_a_value_and_said_to_be_none() -> None:
    _, first = found(made_up().more(60, os=None))[0]
    assert not first.is_known


def test_dimensions_with_many_values_are_counted_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before = found(RISEN)
    monkeypatch.setattr(conjunctions, "MOST_CELLS", 0)
    assert found(RISEN) == before


def test_an_empty_window_has_no_candidates() -> None:
    rows = made_up().coded()
    nobody = np.zeros((0, rows.codes.shape[1]), np.int64)
    assert candidates(nobody, np.zeros(0, bool), History.plain(rows.codes), rows.sizes, 200.0) == []
