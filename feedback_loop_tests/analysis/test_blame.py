"""All changes and the unknown cause are weighed at once: by whom they reached and when, and by what else is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feedback_loop.analysis.blame import Blame, blame
from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.rollouts import in_stages
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop_tests.analysis.scenes import HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.analysis.test_weighing import weighed

IN_DACH = weighed(of_class([*crowd(), *fault(30, region="dach")]))
EVERYWHERE = weighed(of_class([*crowd(), *fault(40)]))


def cause(name: str, start: float = HOUR - 1.0, **scope: list[str]) -> Cause:
    return Cause(name, CauseKind.CONFIG, "web", instant_number(at(start)), None, scope, "")


DACH, UK, ALL = cause("dach", region=["dach"]), cause("uk", region=["uk"]), cause("all")


def test_the_change_of_the_very_segment_is_to_blame() -> None:
    found = blame([DACH, UK, ALL], [1.0, 1.0, 1.0], IN_DACH).scores
    assert found[0] > 0.9
    assert found[1] < 0.001


def test_a_scope_of_several_values_holds_the_segment_as_well() -> None:
    assert blame([cause("two", region=["dach", "iberia"])], [1.0], IN_DACH).scores[0] > 0.5


def test_time_alone_blames_nobody() -> None:
    assert blame([ALL], [1.0], EVERYWHERE).scores[0] < 0.5


@pytest.mark.parametrize("factor", [0.1, 0.5, 3.0, 12.0])
def test_a_witness_counts_as_much_as_it_says(factor: float) -> None:
    plain, heard = (float(blame([ALL], [f], EVERYWHERE).scores[0]) for f in (1.0, factor))
    assert heard / (1 - heard) == pytest.approx(factor * plain / (1 - plain), rel=1e-6)


def test_what_began_after_the_rise_is_not_to_blame() -> None:
    assert blame([cause("later", HOUR + 6, region=["dach"])], [1.0], IN_DACH).scores[0] < 0.05


def test_two_alike_share_the_blame() -> None:
    first, second = blame([DACH, replace(DACH, cause_id="twin")], [1.0, 1.0], IN_DACH).scores
    assert first == pytest.approx(second)
    assert first < 0.5


def test_rollout_is_blamed_where_each_stage_is_followed_by_its_own_complaints() -> None:
    steps = weighed(of_class([*crowd(), *fault(15, region="dach", hours=10), *fault(15, region="uk", start=HOUR + 5, hours=5)]))
    names = {"first": HOUR - 1.0, "second": HOUR + 4.0}
    first, second = (replace(cause(name, start), version="7.0") for name, start in names.items())
    [rollout] = in_stages([replace(first, scope={"region": ["dach"]}), replace(second, scope={"region": ["uk"]})])
    [wrong] = in_stages([replace(first, scope={"region": ["iberia"]}), replace(second, scope={"region": ["uk"]})])
    alone = replace(first, scope={"region": ["dach"]})
    found = blame([rollout, alone, wrong], [1.0, 1.0, 1.0], steps).scores
    assert found[0] > 0.5 > found[1:].sum()


def test_probabilities_leave_something_to_the_unknown() -> None:
    found = blame([DACH, UK, ALL], [50.0, 50.0, 50.0], IN_DACH).scores
    assert (found >= 0).all()
    assert found.sum() < 1


def test_without_changes_nobody_is_to_blame() -> None:
    found = blame([], [], EVERYWHERE)
    assert found.scores.shape == (0,)
    assert found.onset.sum() <= 1


def test_a_guessed_hour_that_is_nearly_the_likeliest_is_kept() -> None:
    found = Blame(np.zeros(0), np.array([0.1, 0.5, 0.3, 0.1]))
    assert [found.onset_hour(guess) for guess in (-1, 0, 1, 2, 3, 9)] == [1, 0, 1, 2, 3, 1]
