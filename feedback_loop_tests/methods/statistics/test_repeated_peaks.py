"""Peaks that come back are found with their size; growth, single outbreaks and chance are none."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.repeated_peaks import CHANCE, can_tell, expected_count, repeated_peaks

DAYS = np.arange(112)
WEEKDAYS = DAYS % 7


def drawn(seed: int, level: float = 20.0, ratio: float = 1.0, kind: int = 2, growth: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    means = level * np.exp(growth * DAYS) * np.where(kind == WEEKDAYS, ratio, 1.0)
    return np.asarray(rng.poisson(means * rng.gamma(20.0, 1.0 / 20.0, len(DAYS))), dtype=np.float64)


def test_a_weekday_that_comes_back_twice_as_high_is_found_with_its_size() -> None:
    [peak] = repeated_peaks(drawn(1, ratio=2.0), WEEKDAYS, 3)
    assert (peak.kind, peak.repetition_count) == (2, 16)
    assert peak.ratio == pytest.approx(2.0, rel=0.2)


def test_growth_alone_is_no_peak() -> None:
    assert repeated_peaks(drawn(2, growth=0.02), WEEKDAYS, 3) == []


def test_one_outbreak_repeats_nothing() -> None:
    counts = drawn(3)
    counts[100] = 400.0
    assert repeated_peaks(counts, WEEKDAYS, 3) == []


def test_too_few_repetitions_say_nothing() -> None:
    counts, kinds = drawn(4, ratio=3.0)[:14], WEEKDAYS[:14]
    assert repeated_peaks(counts, kinds, 3) == []
    assert not can_tell(kinds, 3)
    assert can_tell(WEEKDAYS[:21], 3)
    assert not can_tell(np.zeros(0, dtype=np.int64), 1)


def test_ordinary_counts_have_peaks_no_more_often_than_is_told() -> None:
    found = sum(bool(repeated_peaks(drawn(seed), WEEKDAYS, 3)) for seed in range(300))
    assert found <= 300 * CHANCE * 3


def test_the_next_peak_lies_within_its_interval_about_as_often_as_is_told() -> None:
    within, told = 0, 0
    for seed in range(200):
        counts = drawn(seed, ratio=2.5)
        past, coming = counts[:107], counts[107]
        assert WEEKDAYS[107] == 2
        peaks = repeated_peaks(past, WEEKDAYS[:107], 3)
        for peak in peaks:
            expected = expected_count(peak, past, WEEKDAYS[:107], peaks)
            told += 1
            within += expected.low <= coming <= expected.high
    assert told >= 190
    assert 0.72 <= within / told <= 0.95
