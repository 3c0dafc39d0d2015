"""Evidence is one on average while nothing rises, at any moment; it grows with complaints, and not with volume alone."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.rising_shares.evidence import day_evidence, evidence_since, expected_so_far, tempered_by
from feedback_loop.methods.statistics.rising_shares.usual import BINS, Usual

MEAN, OTHERS, DISPERSION, VOLUME = 6.0, 24.0, 0.1, 0.15
USUAL = Usual(np.full((1, BINS), MEAN / BINS), np.full((1, BINS), OTHERS / BINS), np.array([DISPERSION]), VOLUME, np.array([0.0]), 0.0)


def drawn(rng: np.random.Generator, ratio: float = 1.0, from_bin: int = 0, level: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Counts [1, bins] and records [bins] of a day by the very model."""
    level = rng.gamma(1.0 / VOLUME, VOLUME) if level is None else level
    own = rng.gamma(1.0 / DISPERSION, DISPERSION) * np.where(np.arange(BINS) >= from_bin, ratio, 1.0)
    counts = rng.poisson(level * own * USUAL.means[0])
    return counts[None], counts + rng.poisson(level * USUAL.others[0])


def highest(rng: np.random.Generator, **how: float) -> float:
    counts, records = drawn(rng, **how)  # type: ignore[arg-type]
    return float(day_evidence(counts, records, USUAL).log_process().max())


def test_a_day_without_a_rise_passes_a_threshold_no_more_often_than_is_told_however_often_it_is_looked_at() -> None:
    rng = np.random.default_rng(1)
    passed = np.array([highest(rng) for _ in range(1500)])
    for chance in (0.2, 0.05, 0.01):
        assert (passed >= np.log(1.0 / chance)).mean() <= chance + 2.0 * np.sqrt(chance / 1500)


def test_a_rise_passes_it_nearly_always() -> None:
    rng = np.random.default_rng(2)
    passed = [highest(rng, ratio=9.0) >= np.log(1000.0) for _ in range(100)]
    assert np.mean(passed) > 0.85


def test_a_rise_of_the_evening_is_seen_beside_a_quiet_day() -> None:
    rng = np.random.default_rng(3)
    found = [day_evidence(*drawn(rng, ratio=12.0, from_bin=76), USUAL) for _ in range(100)]
    assert np.mean([one.log_process().max() >= np.log(1000.0) for one in found]) > 0.6


def test_thrice_the_volume_is_no_rise_where_others_speak_too() -> None:
    rng = np.random.default_rng(4)
    assert np.mean([highest(rng, level=3.0) >= np.log(100.0) for _ in range(200)]) < 0.05


MOSTLY = Usual(np.full((1, BINS), 27.0 / BINS), np.full((1, BINS), 3.0 / BINS), np.array([0.4]), 0.04, np.array([0.05]), 0.01)
"""Nine records in ten complain, as to a support desk."""


def mostly(rng: np.random.Generator, level: float, share: float) -> float:
    records = rng.poisson(level * (MOSTLY.means[0] + MOSTLY.others[0]))
    counts = rng.binomial(records, share)
    return float(day_evidence(counts[None], records, MOSTLY).log_process().max())


def test_where_nearly_all_complain_more_of_them_is_a_rise_and_a_busy_or_another_share_is_none() -> None:
    rng = np.random.default_rng(6)
    calm = np.array([mostly(rng, rng.gamma(25.0, 0.04), 1.0 / (1.0 + np.exp(-2.2 + rng.normal(0.0, 0.63)))) for _ in range(600)])
    assert (calm >= np.log(20.0)).mean() <= 0.05
    assert np.mean([mostly(rng, 3.0, 0.95) >= np.log(100.0) for _ in range(100)]) > 0.9


def test_a_stream_is_expected_as_often_more_as_the_others_are_many_times_more() -> None:
    counts, records = np.round(USUAL.means * 0).astype(np.int64), np.zeros(BINS, dtype=np.int64)
    records[0] = 10 * OTHERS
    assert expected_so_far(counts, records, USUAL, 0, BINS)[0] == pytest.approx(10 * MEAN, rel=0.15)


def test_days_that_are_off_together_are_taken_for_a_rise_no_more_often_than_is_told() -> None:
    rng = np.random.default_rng(8)
    drifting = Usual(USUAL.means * 5, USUAL.others * 12, np.array([0.1]), 0.02, np.array([0.06]), 0.0)

    def day(lasts: float) -> tuple[np.ndarray, np.ndarray]:
        level, own = rng.gamma(50.0, 0.02), lasts * np.exp(rng.normal(0.0, 0.2))
        counts = rng.poisson(level * own * drifting.means[0])
        return counts[None], counts + rng.poisson(level * drifting.others[0])

    def over_four_days() -> float:
        lasts = float(np.exp(rng.normal(0.0, np.sqrt(0.06))))
        days = [day_evidence(*day(lasts), drifting) for _ in range(4)]
        before = np.sum([one.closing for one in days[:3]], axis=0)
        return float(days[3].log_process(before, tempered_by(drifting, 4)).max())

    passed = np.array([over_four_days() for _ in range(1200)])
    for needed in (20.0, 75.0, 225.0):
        assert (passed >= np.log(needed)).mean() <= 0.5 / needed + 2.0 * np.sqrt(0.5 / needed / 1200)


def test_days_of_one_rise_add_up() -> None:
    rng = np.random.default_rng(5)
    days = [day_evidence(*drawn(rng, ratio=2.5), USUAL) for _ in range(3)]
    alone = max(day.log_process()[0, -1] for day in days)
    assert days[2].log_process(days[0].closing + days[1].closing)[0, -1] > alone


def test_evidence_since_a_change_knows_nothing_of_the_hours_before_and_after() -> None:
    counts, records = np.zeros((1, BINS), dtype=np.int64), np.zeros(BINS, dtype=np.int64)
    counts[0, [10, 40, 41, 42, 43, 70]] = 3
    found = evidence_since(counts, records + counts[0], USUAL, 40, 56)
    assert np.isfinite(found[0, 40:44]).all()
    assert np.isneginf(found[0, :40]).all()
    assert np.isneginf(found[0, 44:]).all()
    assert (np.diff(found[0, 40:44]) > 0.0).all()


@pytest.mark.parametrize(("others", "most"), [(0, 6.0), (96, 24.0)])
def test_what_is_expected_follows_the_other_records_of_the_day(others: int, most: float) -> None:
    counts = np.zeros((1, BINS), dtype=np.int64)
    records = np.full(BINS, others // BINS, dtype=np.int64)
    expected = expected_so_far(counts, records, USUAL, 0, BINS)[0]
    assert bool(expected > MEAN) is (others > OTHERS)
    assert expected < most
