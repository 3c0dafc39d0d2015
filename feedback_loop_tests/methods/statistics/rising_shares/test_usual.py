"""What three weeks let expect: the right number at the right hours, by weekday, and nothing from the day itself."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.rising_shares.usual import BINS, USUAL_DAYS, by_bin, usual_of, volume_of
from feedback_loop_tests.methods.statistics.rising_shares.made_up_days import BY_HOUR, instants, midnight

RNG = np.random.default_rng(7)
EVERYBODY = instants(RNG, USUAL_DAYS + 1, 200.0, spread=0.01)
COMPLAINING = EVERYBODY[RNG.random(len(EVERYBODY)) < 0.2]
TODAY = midnight(USUAL_DAYS)


def test_means_are_the_share_of_the_volume_hour_by_hour() -> None:
    usual = usual_of(volume_of(EVERYBODY, TODAY), EVERYBODY, [COMPLAINING], TODAY)
    assert usual.means.shape == usual.others.shape == (1, BINS)
    assert usual.means.sum() == pytest.approx(40.0, rel=0.25)
    assert (usual.means + usual.others).sum() == pytest.approx(200.0, rel=0.15)
    by_hour = usual.means[0].reshape(24, 4).sum(axis=1)
    assert np.corrcoef(by_hour, BY_HOUR)[0, 1] > 0.95


def test_a_stream_that_complains_at_weekends_alone_is_expected_then() -> None:
    days = (EVERYBODY - midnight(0)) // (24 * 3_600_000_000)
    at_weekends = EVERYBODY[(days % 7 >= 5) & (RNG.random(len(EVERYBODY)) < 0.5)]
    on = {day: usual_of(volume_of(EVERYBODY, midnight(day)), EVERYBODY, [at_weekends], midnight(day)).means.sum() for day in (19, 21)}
    assert on[19] > 4.0 * on[21]


def test_a_later_day_is_foretold_with_its_own_weekday_and_less_surely() -> None:
    days = (EVERYBODY - midnight(0)) // (24 * 3_600_000_000)
    at_weekends = EVERYBODY[(days % 7 >= 5) & (RNG.random(len(EVERYBODY)) < 0.5)]
    monday, saturday = (usual_of(volume_of(EVERYBODY, TODAY, n), EVERYBODY, [at_weekends], TODAY, n) for n in (0, 5))
    assert saturday.means.sum() > 4.0 * monday.means.sum()
    assert saturday.volume_variance > monday.volume_variance


def test_the_day_itself_and_what_follows_change_nothing() -> None:
    before = EVERYBODY[EVERYBODY < TODAY]
    cut = usual_of(volume_of(before, TODAY), before, [COMPLAINING[COMPLAINING < TODAY]], TODAY)
    whole = usual_of(volume_of(EVERYBODY, TODAY), EVERYBODY, [COMPLAINING], TODAY)
    assert np.array_equal(cut.means, whole.means)
    assert np.array_equal(cut.odds_variance, whole.odds_variance)


def test_a_stream_never_seen_is_expected_rarely_and_vaguely() -> None:
    usual = usual_of(volume_of(EVERYBODY, TODAY), EVERYBODY, [COMPLAINING, COMPLAINING[:0]], TODAY)
    assert 0.0 < usual.means[1].sum() < 0.1
    assert usual.odds_variance[1] > 1.0 > usual.odds_variance[0]


def test_instants_are_counted_in_quarters_of_an_hour() -> None:
    counts = by_bin(np.array([TODAY - 1, TODAY, TODAY + 15 * 60_000_000]), TODAY)
    assert (len(counts), counts.sum(), counts[0], counts[1]) == (96, 2, 1, 1)
