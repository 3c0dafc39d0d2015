"""The effect of a fix: what cancels, what a chance peak is taken for, when nothing is claimed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import EffectVerdict
from feedback_loop.methods.statistics.difference_in_differences import HELPED_AT_LEAST, FixEffect, Period, fix_effect, trend_p_value

HISTORY_DAYS = 27


def steady(days: int, treated: float, control: float) -> Period:
    return Period(np.full(days, float(treated)), np.full(days, float(control)))


def effect(before: tuple[float, float], after: tuple[float, float], usual: tuple[float, float] = (4, 60), days: int = 5) -> FixEffect:
    return fix_effect(steady(HISTORY_DAYS, *usual), steady(days, *before), steady(days, *after))


def drawn(seed: int, days: int, treated: float, control: float, spread: float = 0.0) -> Period:
    rng = np.random.default_rng(seed)
    noise = rng.gamma(1 / spread, spread, (2, days)) if spread else np.ones((2, days))
    return Period(rng.poisson(treated * noise[0]).astype(float), rng.poisson(control * noise[1]).astype(float))


counts = st.integers(0, 40).map(float)
periods = st.lists(st.tuples(counts, st.integers(1, 200).map(float)), min_size=1, max_size=8).map(
    lambda bins: Period(np.array([t for t, _ in bins]), np.array([c for _, c in bins]))
)


def test_complaints_that_fell_to_a_fifth_are_fixed() -> None:
    found = effect(before=(20, 60), after=(4, 60))
    assert found.verdict is EffectVerdict.FIXED
    assert found.ratio == pytest.approx(0.2, rel=0.1)
    assert found.symptom_probability == pytest.approx(1.0, abs=1e-3)


def test_complaints_that_stayed_are_not_fixed() -> None:
    found = effect(before=(20, 60), after=(20, 60))
    assert found.verdict is EffectVerdict.NOT_FIXED
    assert found.ratio == pytest.approx(1.0, abs=0.05)


def test_a_little_less_of_very_many_is_no_fix() -> None:
    found = effect(before=(900, 6000), after=(750, 6000), usual=(100, 6000), days=14)
    assert found.helped_probability is not None
    assert found.helped_probability >= HELPED_AT_LEAST
    assert found.verdict is EffectVerdict.NOT_FIXED


def test_a_fall_that_control_shares_is_no_effect() -> None:
    found = effect(before=(20, 60), after=(6, 18))
    assert found.ratio == pytest.approx(1.0, abs=0.05)
    assert found.verdict is not EffectVerdict.FIXED


def test_a_chance_peak_that_went_away_is_not_called_fixed() -> None:
    with_history = fix_effect(steady(HISTORY_DAYS, 2, 30), steady(4, 3.5, 30), steady(4, 2, 30))
    assert with_history.symptom_probability is not None
    assert with_history.symptom_probability < 0.6
    assert with_history.ratio is not None
    assert with_history.ratio > 2 / 3.5, "drawn to what the history lets expect"
    assert with_history.verdict is EffectVerdict.INSUFFICIENT_EVIDENCE


def test_what_was_rather_a_chance_peak_is_not_called_fixed_even_where_hardly_any_complaint_is_left() -> None:
    found = fix_effect(steady(HISTORY_DAYS, 20, 100), steady(3, 21, 100), steady(6, 3, 100))
    assert found.high is not None
    assert found.high < 1.0
    assert found.verdict is EffectVerdict.INSUFFICIENT_EVIDENCE


def test_few_complaints_tell_nothing() -> None:
    assert effect(before=(1, 8), after=(0, 8), usual=(0.2, 8), days=3).verdict is EffectVerdict.INSUFFICIENT_EVIDENCE


@pytest.mark.parametrize(("before", "after"), [((0, 0), (4, 60)), ((0, 60), (4, 60)), ((20, 60), (0, 0))])
def test_a_period_without_counts_gives_no_figure(before: tuple[float, float], after: tuple[float, float]) -> None:
    found = effect(before, after)
    assert (found.ratio, found.low, found.high, found.helped_probability, found.symptom_probability) == (None,) * 5
    assert found.verdict is EffectVerdict.INSUFFICIENT_EVIDENCE


def test_a_time_before_the_fix_far_below_the_history_is_no_symptom() -> None:
    found = effect(before=(100, 60_000), after=(100, 60_000), usual=(3_000, 60_000))
    assert found.symptom_probability == pytest.approx(0.0, abs=1e-6)
    assert found.ratio == pytest.approx(1.0, abs=0.1)


def test_no_complaint_at_all_after_the_fix_is_a_small_ratio() -> None:
    found = effect(before=(20, 60), after=(0, 60))
    assert found.verdict is EffectVerdict.FIXED
    assert found.ratio is not None
    assert 0 < found.ratio < 0.05


def test_a_history_that_drifts_forbids_the_comparison() -> None:
    drifting = Period(np.arange(2.0, 2.0 + HISTORY_DAYS), np.full(HISTORY_DAYS, 60.0))
    assert trend_p_value(drifting) < 0.01
    assert fix_effect(drifting, steady(5, 60, 60), steady(5, 10, 60)).verdict is EffectVerdict.INSUFFICIENT_EVIDENCE


def test_a_drift_that_control_shares_is_none() -> None:
    growth = np.arange(2.0, 2.0 + HISTORY_DAYS)
    assert trend_p_value(Period(growth, 10 * growth)) == pytest.approx(1.0)


@pytest.mark.parametrize("history", [steady(7, 2, 30), steady(27, 0, 30), steady(27, 3, 0), Period(np.zeros(0), np.zeros(0))])
def test_a_history_that_is_too_short_or_one_sided_shows_no_drift(history: Period) -> None:
    assert trend_p_value(history) == 1.0


def test_days_that_vary_widen_the_interval() -> None:
    calm = fix_effect(drawn(1, 27, 10, 100), drawn(2, 5, 30, 100), drawn(3, 5, 15, 100))
    rough = fix_effect(drawn(1, 27, 10, 100, 0.3), drawn(2, 5, 30, 100, 0.3), drawn(3, 5, 15, 100, 0.3))
    widths = [np.log(found.high / found.low) for found in (calm, rough) if found.high and found.low]
    assert widths[0] < widths[1]


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(0, 300, 3):
        found = fix_effect(drawn(seed, 27, 5, 50, 0.05), drawn(seed + 1, 5, 15, 50, 0.05), drawn(seed + 2, 5, 6, 50, 0.05))
        held += found.low is not None and found.high is not None and found.low <= 0.4 <= found.high
    assert 89 <= held <= 99


def peak(seed: int, days: int = 4) -> tuple[Period, Period, Period]:
    """Days on which nothing ever happened, the start picked where the treated complained most."""
    whole = drawn(seed, 27 + 27 + 2 * days, 5, 50, 0.08)
    totals = np.convolve(whole.treated, np.ones(days), "valid")[27:-days]
    first = 27 + int(totals.argmax())
    spans = ((first - 27, first), (first, first + days), (first + days, first + 2 * days))
    history, before, after = (Period(whole.treated[start:end], whole.control[start:end]) for start, end in spans)
    return history, before, after


def test_of_fixes_that_did_nothing_at_a_picked_peak_few_are_called_fixed_and_the_interval_holds() -> None:
    found = [fix_effect(*peak(seed)) for seed in range(120)]
    assert sum(f.verdict is EffectVerdict.FIXED for f in found) <= 8
    assert sum(f.low is not None and f.high is not None and f.low <= 1.0 <= f.high for f in found) >= 108


def test_of_fixes_that_took_away_two_thirds_of_a_threefold_rise_most_are_called_fixed() -> None:
    found = [fix_effect(drawn(s, 27, 5, 50, 0.05), drawn(s + 1, 5, 15, 50, 0.05), drawn(s + 2, 5, 5, 50, 0.05)) for s in range(0, 180, 3)]
    assert sum(f.verdict is EffectVerdict.FIXED for f in found) >= 51
    assert not any(f.verdict is EffectVerdict.NOT_FIXED for f in found)


@pytest.mark.parametrize("shock", [0.5, 1.0, 2.0])
def test_of_fixes_that_did_nothing_few_are_called_fixed_whatever_hits_both(shock: float) -> None:
    found = [
        fix_effect(drawn(s, 27, 5, 50, 0.05), drawn(s + 1, 5, 15, 50, 0.05), drawn(s + 2, 5, 15 * shock, 50 * shock, 0.05))
        for s in range(0, 180, 3)
    ]
    assert sum(f.verdict is EffectVerdict.FIXED for f in found) <= 5


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 40), st.integers(0, 40), st.integers(1, 10))
def test_more_treated_complaints_after_the_fix_never_lower_the_ratio(before: int, after: int, more: int) -> None:
    fewer, many = (effect(before=(before, 60), after=(count, 60)).ratio for count in (after, after + more))
    assert fewer is not None
    assert many is not None
    assert fewer <= many


def test_a_rise_is_doubted_the_more_the_more_starts_could_have_been_picked() -> None:
    short, long = (fix_effect(steady(days, 4, 60), steady(3, 6, 60), steady(5, 4, 60)).symptom_probability for days in (6, 60))
    assert short is not None
    assert long is not None
    assert long < short


def test_the_last_bin_of_a_period_may_be_a_part_of_one() -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    found = Period.of(np.zeros(0, np.int64), np.zeros(0, np.int64), start, start + timedelta(days=2, hours=6))
    assert found.bin_lengths.tolist() == [1.0, 1.0, 0.25]


@settings(max_examples=40, deadline=None)
@given(periods, periods, periods)
def test_the_interval_contains_the_estimate(history: Period, before: Period, after: Period) -> None:
    found = fix_effect(history, before, after)
    if found.ratio is not None and found.low is not None and found.high is not None:
        assert 0 < found.low <= found.ratio <= found.high


@settings(max_examples=15, deadline=None)
@given(st.integers(5, 40), st.integers(1, 40), st.sampled_from((2, 3, 5)))
def test_a_shock_to_treated_and_control_alike_moves_the_estimate_within_its_interval_only(before: int, after: int, shock: int) -> None:
    calm = effect(before=(before, 100), after=(after, 100))
    shocked = effect(before=(before, 100), after=(after * shock, 100 * shock))
    assert shocked.ratio == pytest.approx(calm.ratio, rel=0.15)


@settings(max_examples=15, deadline=None)
@given(st.integers(10, 40), st.integers(2, 20), st.sampled_from((2, 4)))
def test_cutting_each_bin_into_equal_parts_leaves_the_estimate(before: int, after: int, parts: int) -> None:
    def cut(days: int, treated: float, control: float) -> Period:
        return steady(days * parts, treated / parts, control / parts)

    whole = effect(before=(before, 80), after=(after, 80))
    in_parts = fix_effect(cut(HISTORY_DAYS, 4, 60), cut(5, before, 80), cut(5, after, 80))
    assert in_parts.ratio == pytest.approx(whole.ratio, rel=0.1)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_the_days_of_a_period_does_not_matter(order: list[int]) -> None:
    before = Period(np.array([9.0, 14, 20, 11, 16, 12]), np.full(6, 60.0))
    shuffled = Period(before.treated[order], before.control[order])
    usual, after = steady(HISTORY_DAYS, 4, 60), steady(4, 3, 60)
    assert fix_effect(usual, shuffled, after).ratio == pytest.approx(fix_effect(usual, before, after).ratio, rel=1e-9)
