"""A change explains a rise that began after it among customers whom it reached, and the less the more changes there are."""

from __future__ import annotations

import pytest

from feedback_loop.methods.diagnosis.change_log import Change, read_log
from feedback_loop.methods.diagnosis.level import STEPS
from feedback_loop_tests.methods.diagnosis.made_up_window import WINDOW, at_hour, made_up

ROWS = made_up().coded()
OS = ROWS.dimensions.index("os")
IOS = ((OS, ROWS.values[OS].index("ios")),)
IOS_LOGIN = (*IOS, (3, ROWS.values[3].index("login")))


def change(hour: float = 6.0, /, **scope: list[str]) -> Change:
    return Change(f"at {hour}", at_hour(hour), scope)


def weight(one: Change, cohort: tuple[tuple[int, int], ...] | None = IOS, others: int = 0) -> list[float]:
    background = [change(-24.0 * 20, region=["us"]) for _ in range(others)]
    log = read_log([one, *background], WINDOW)
    return [float(part) for part in log.fits(cohort, ROWS)[0] * log.timing[0]]


def test_it_explains_what_began_soon_after_it_and_nothing_before() -> None:
    found = weight(change(6.0, os=["ios"]))
    step = STEPS // 4
    assert all(found[n] == 0 for n in range(step - 1))
    assert found[step + 1] > 20 > found[-1]


@pytest.mark.parametrize("scope", [{"os": ["web"]}, {"area": ["login"]}, {"os": ["ios"], "area": ["login"]}, {"elsewhere": ["x"]}])
def test_it_explains_no_cohort_that_it_does_not_hold(scope: dict[str, list[str]]) -> None:
    assert max(weight(change(6.0, **scope))) == 0


def test_a_scope_may_be_wider_than_the_cohort_and_says_less_then() -> None:
    narrow, wide = (max(weight(change(os=values), IOS_LOGIN)) for values in (["ios"], ["ios", "web"]))
    assert narrow > wide > 0


def test_a_change_for_everybody_explains_a_rise_of_all_and_hardly_one_of_some() -> None:
    assert max(weight(change(), None)) > 10 * max(weight(change(), IOS)) > 0
    assert max(weight(change(os=["ios"]), None)) == 0


def test_a_busy_log_proves_less() -> None:
    assert max(weight(change(os=["ios"]), others=300)) < max(weight(change(os=["ios"]))) / 3


def test_changes_of_days_before_and_of_after_the_window_are_left_out() -> None:
    log = read_log([change(-60.0), change(-47.0), change(25.0)], WINDOW)
    assert [one.change_id for one in log.changes] == ["at -47.0"]


def test_an_empty_log_says_nothing() -> None:
    log = read_log([], WINDOW)
    assert (log.fits(IOS, ROWS).shape, log.timing.shape) == ((0,), (0, STEPS))
