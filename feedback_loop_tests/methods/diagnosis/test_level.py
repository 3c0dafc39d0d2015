"""What a window lets expect follows weekdays, growth and active customers, and is as unsure as history is short or unsteady."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop.methods.diagnosis.level import DAY_US, ActiveCustomers, usual_level
from feedback_loop_tests.methods.diagnosis.made_up_window import HOUR_US

MONDAY = 4 * DAY_US  # 1970-01-05


def window(days: int, hours: int = 24) -> Window:
    start = MONDAY + days * DAY_US
    return Window(MONDAY, start, start + hours * HOUR_US)


def complaints(per_day: list[float], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sort(
        np.concatenate([rng.integers(MONDAY + d * DAY_US, MONDAY + (d + 1) * DAY_US, rng.poisson(n)) for d, n in enumerate(per_day)])
    )


def test_a_steady_rate_is_expected_to_go_on() -> None:
    level = usual_level(complaints([300.0] * 28), window(28))
    assert level.mean == pytest.approx(300, rel=0.05)
    assert 1 / level.concentration < 0.01


def test_a_quarter_of_a_day_lets_expect_a_quarter() -> None:
    assert usual_level(complaints([400.0] * 28), window(28, hours=6)).mean == pytest.approx(100, rel=0.1)


def test_a_weekend_is_expected_to_be_as_quiet_as_weekends_are() -> None:
    week = [200.0] * 5 + [60.0] * 2
    assert usual_level(complaints(week * 4 + week[:5]), window(33)).mean == pytest.approx(60, rel=0.3)


def test_growth_is_carried_on() -> None:
    growing = [200 * 1.03**day for day in range(28)]
    assert usual_level(complaints(growing), window(28)).mean == pytest.approx(200 * 1.03**28, rel=0.12)


def test_twice_as_many_active_customers_let_expect_twice_as_many_complaints() -> None:
    hours = np.arange(MONDAY, MONDAY + 29 * DAY_US, HOUR_US)
    swing = np.where((hours - MONDAY) // DAY_US % 3 == 0, 2.0, 1.0)
    swing[hours >= MONDAY + 28 * DAY_US] = 2.0
    told = complaints([200.0 if day % 3 == 0 else 100.0 for day in range(28)])
    level = usual_level(told, window(28), ActiveCustomers(hours, 50 * swing))
    assert level.mean == pytest.approx(200, rel=0.1)


def test_unsteady_days_make_the_expectation_unsure() -> None:
    steady, unsteady = (usual_level(complaints(days), window(28)) for days in ([200.0] * 28, [60.0, 400.0] * 14))
    assert unsteady.concentration < steady.concentration / 5


def test_a_history_of_two_days_tells_little() -> None:
    level = usual_level(complaints([100.0] * 2), window(2))
    assert level.mean == pytest.approx(100, rel=0.3)
    assert level.concentration == 4


def test_what_is_still_to_come_falls_from_all_to_nothing_by_the_time_of_day() -> None:
    at = np.concatenate([MONDAY + day * DAY_US + np.arange(60) * HOUR_US // 60 for day in range(28)])  # all in the first hour
    level = usual_level(np.sort(at), window(28))
    assert level.share_after[0] == 1.0
    assert (np.diff(level.share_after) <= 0).all()
    assert level.share_after[24] < 0.35


def test_the_level_of_a_part_is_that_part() -> None:
    level = usual_level(complaints([100.0] * 28), window(28))
    assert level.of_part(0.25).mean == pytest.approx(level.mean / 4)
