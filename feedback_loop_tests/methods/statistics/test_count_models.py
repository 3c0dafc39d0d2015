from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from feedback_loop.methods.statistics.count_models import (
    beta_binomial_tail,
    binomial_tail,
    concentrated_over_common,
    discoveries,
    fit_shares,
    higher_share_p_value,
    overdispersed_rise_p_value,
)


@given(st.integers(1, 60), st.floats(0.01, 0.9), st.floats(0.5, 500.0), st.data())
@settings(max_examples=60)
def test_beta_binomial_tail_is_that_of_scipy(records: int, share: float, concentration: float, data: st.DataObject) -> None:
    observed = data.draw(st.integers(0, records))
    ours = beta_binomial_tail(np.array([float(observed)]), float(records), np.array([share]), np.array([concentration]))[0]
    theirs = stats.betabinom.sf(observed - 1, records, share * concentration, (1 - share) * concentration)
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-12)


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.99))
@settings(max_examples=60)
def test_binomial_tail_is_that_of_scipy(successes: int, failures: int, chance: float) -> None:
    trials = successes + failures
    assert binomial_tail(successes, trials, chance) == pytest.approx(stats.binom.sf(successes - 1, trials, chance), rel=1e-9)


def test_binomial_tail_is_zero_when_more_succeed_than_try() -> None:
    assert binomial_tail(4, 3, 0.5) == 0.0


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=60)
def test_higher_share_is_fishers_exact_test(a: int, b: int, c: int, d: int) -> None:
    expected = stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue if a + b and c + d else 1.0
    assert higher_share_p_value(a, a + b, c, c + d) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=60)
def test_discoveries_are_those_of_benjamini_and_hochberg(p_values: list[float], share: float) -> None:
    adjusted = stats.false_discovery_control(np.array(p_values))
    clear = np.abs(adjusted - share) > 1e-9
    assert (discoveries(np.array(p_values), share) == (adjusted <= share))[clear].all()


def test_discoveries_of_nothing_are_nothing() -> None:
    assert discoveries(np.zeros(0), 0.01).size == 0


def test_share_is_that_of_the_baseline_when_days_are_alike() -> None:
    fit = fit_shares(np.full((1, 27), 2.0), np.full(27, 10.0))
    assert fit.share[0] == pytest.approx(0.2, abs=0.002)
    assert fit.expected(50.0)[0] == pytest.approx(10.0, abs=0.1)


def test_a_subject_never_seen_is_expected_half_a_time_per_baseline() -> None:
    fit = fit_shares(np.zeros((1, 27)), np.full(27, 10.0))
    assert fit.expected(271.0)[0] == pytest.approx(0.5)


def test_dispersion_grows_when_days_differ() -> None:
    calm = np.tile([4.0, 4.0, 4.0], 9)[None, :]
    wild = np.tile([1.0, 3.0, 8.0], 9)[None, :]
    records = np.full(27, 20.0)
    assert fit_shares(wild, records).dispersion[0] > 2 * fit_shares(calm, records).dispersion[0]
    assert fit_shares(wild, records).tail(np.array([12.0]), 20.0)[0] > fit_shares(calm, records).tail(np.array([12.0]), 20.0)[0]


def test_an_outbreak_yesterday_does_not_hide_the_one_of_today() -> None:
    records = np.full(27, 30.0)
    calm = np.tile([3.0, 6.0, 9.0], 9)[None, :]
    outbreak = calm.copy()
    outbreak[0, -1] = 27.0
    plain, hidden = fit_shares(calm, records), fit_shares(outbreak, records)
    assert hidden.share[0] == pytest.approx(plain.share[0], rel=0.02)
    assert hidden.dispersion[0] < 1.5 * plain.dispersion[0]
    assert hidden.tail(np.array([22.0]), 30.0)[0] < 1e-6


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=7, max_size=27), st.integers(1, 40))
@settings(max_examples=60)
def test_tail_falls_as_more_is_observed_whatever_the_baseline(days: list[tuple[int, int]], today: int) -> None:
    counts = np.array([[float(k) for k, _ in days]])
    fit = fit_shares(counts, np.array([float(k + rest) for k, rest in days]))
    tails = [fit.tail(np.array([float(k)]), float(today))[0] for k in range(today + 1)]
    assert tails[0] == pytest.approx(1.0)
    assert all(0.0 <= later <= earlier + 1e-12 for earlier, later in pairwise(tails))


def test_a_fit_of_one_subject_is_its_part_of_the_fit_of_all() -> None:
    counts = np.array([[1.0, 2.0, 1.0] * 9, [6.0, 4.0, 9.0] * 9])
    fit = fit_shares(counts, np.full(27, 20.0))
    for n in (0, 1):
        assert fit.only(n).tail(np.array([9.0]), 20.0)[0] == fit.tail(np.array([9.0, 9.0]), 20.0)[n]


def test_a_rise_inside_alone_speaks_for_the_scope_and_a_common_one_against_it() -> None:
    assert concentrated_over_common(20, 1, 1.0, 1.0) > 5
    assert concentrated_over_common(20, 20, 1.0, 1.0) < -5
    assert concentrated_over_common(1, 20, 1.0, 1.0) < -5


@pytest.mark.parametrize(("inside", "outside", "usual"), [(1, 1, 1.0), (0, 0, 1.0), (3, 2, 0.0)])
def test_no_more_than_usual_tells_nothing_apart(inside: int, outside: int, usual: float) -> None:
    assert concentrated_over_common(inside, outside, usual, usual) == 0.0


def test_a_scope_that_holds_everybody_tells_nothing_apart() -> None:
    assert concentrated_over_common(20, 0, 2.0, 0.0) == pytest.approx(0.0, abs=1e-4)


def test_without_variation_of_its_own_a_rise_has_the_normal_tail() -> None:
    found = overdispersed_rise_p_value(np.full(10, 10.0), np.full(10, 1000.0), 15.0, 1000.0)
    assert found == pytest.approx(stats.norm.sf(0.005 / np.sqrt(0.01 * 0.99 * (1 / 10_000 + 1 / 1000))), rel=0.05)


def test_the_wilder_the_hours_before_the_less_sure_is_a_rise() -> None:
    trials = np.full(10, 1000.0)
    calm = overdispersed_rise_p_value(np.full(10, 10.0), trials, 20.0, 1000.0)
    wild = overdispersed_rise_p_value(np.array([2.0, 18.0] * 5), trials, 20.0, 1000.0)
    assert calm < 0.01 < wild
