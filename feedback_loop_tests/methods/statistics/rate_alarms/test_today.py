"""The day so far: it follows busy hours within bounds, and quiet ones hardly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.rate_alarms.stream import HOUR_US
from feedback_loop.methods.statistics.rate_alarms.today import Today


@given(st.lists(st.integers(0, 500), max_size=40), st.floats(1e-4, 0.5))
def test_the_factor_stays_within_its_bounds(counts: list[int], variance: float) -> None:
    today = Today(variance, HOUR_US)
    for count in counts:
        today.add(count, 5.0, 0.1)
        assert 0.85 <= today.factor <= 2.7183 ** (2 * variance**0.5) * 1.001
        assert 0.0 < today.doubt <= max(variance, 1e-4) + 1e-9


def test_a_busy_day_is_followed_and_then_forgotten() -> None:
    today = Today(0.09, HOUR_US)
    for _ in range(8):
        today.add(15.0, 10.0, 0.0)
    assert today.factor == pytest.approx(1.45, abs=0.05)
    today.begin_anew()
    assert today.factor == 1.0
    assert today.doubt == pytest.approx(0.09)
