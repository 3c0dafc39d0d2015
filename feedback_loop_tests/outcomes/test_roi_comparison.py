"""Two quarters beside each other: each figure by hand, what is missing, the interval, and what the result hangs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.outcome_vocab import ComparedFigure
from feedback_loop.outcomes.assumptions import Cost, RoiAssumptions
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.period_totals import Known
from feedback_loop.outcomes.roi_comparison import YEAR, Comparison, Line, compared
from feedback_loop_tests.outcomes.one_loop import Row
from feedback_loop_tests.outcomes.quarters import BEFORE, QUIET, WITH_LOOP, incident, known, quarter

BETTER = {**QUIET, "refund": 2, "cancellation": 1, "case_handled": 3, "complaint": 2}
PRICED = replace(seed_assumptions(), costs=(Cost(name="infrastructure", usd_per_month=100.0, owner="ops", source="bill"),))


def found(shop: Known, assumed: RoiAssumptions = PRICED, revenue: float | None = 10.0, model_cost: float = 0.0) -> Comparison:
    return compared(shop, BEFORE, WITH_LOOP, assumed, revenue, model_cost)


def lines(comparison: Comparison) -> dict[ComparedFigure, Line]:
    return {line.figure: line for line in comparison.lines}


def saved(line: Line) -> float:
    assert line.saved is not None
    return line.saved.value


def better(**loop: int) -> Known:
    return known(quarter(BEFORE, QUIET), quarter(WITH_LOOP, {**BETTER, **loop}, minutes=24.0))


def test_fewer_cases_and_shorter_ones_are_told_apart_and_add_up_to_the_hours_saved() -> None:
    told = lines(found(better()))
    assert saved(told[ComparedFigure.FEWER_CASES]) == pytest.approx(13 * 3 * 0.5)
    assert saved(told[ComparedFigure.FASTER_CASES]) == pytest.approx(13 * 3 * 0.1)
    spent = 13 * (6 * 0.5 - 3 * 0.4)
    assert saved(told[ComparedFigure.FEWER_CASES]) + saved(told[ComparedFigure.FASTER_CASES]) == pytest.approx(spent)


def test_what_would_have_been_follows_the_orders() -> None:
    told = lines(found(better(order=20)))
    assert told[ComparedFigure.REFUNDS].expected == pytest.approx(13 * 2 * 4 * 20.0)
    assert saved(told[ComparedFigure.REFUNDS]) == pytest.approx(13 * (160.0 - 40.0))


def test_without_orders_days_are_compared() -> None:
    without = {name: count for name, count in QUIET.items() if name != "order"}
    comparison = found(known(quarter(BEFORE, without), quarter(WITH_LOOP, without)))
    assert comparison.per == "days"
    assert saved(lines(comparison)[ComparedFigure.FEWER_CASES]) == pytest.approx(0.0)


def test_the_total_adds_what_is_known_and_names_what_is_not() -> None:
    told = lines(found(better()))
    parts = [told[name].amount for name in (ComparedFigure.FEWER_CASES, ComparedFigure.FASTER_CASES, ComparedFigure.REFUNDS)]
    kept = 13 * 1 * 10.0 * 12
    assert saved(told[ComparedFigure.TOTAL]) == pytest.approx(sum(one.value for one in parts if one) + kept)
    assert told[ComparedFigure.TOTAL].missing == ("orders_of_the_year_before",)
    assert told[ComparedFigure.REVENUE].saved is None


@pytest.mark.parametrize(
    ("known_weeks", "missing"),
    [
        (quarter(BEFORE, QUIET), "business_events_with_the_loop"),
        ([*quarter(BEFORE, QUIET), *quarter(DayRange(WITH_LOOP.first, date(2026, 4, 30)), QUIET)], "business_events_with_the_loop"),
        ([*quarter(DayRange(date(2025, 10, 1), BEFORE.last), QUIET), *quarter(WITH_LOOP, QUIET)], "business_events_before"),
    ],
)
def test_where_events_do_not_reach_over_both_stretches_nothing_was_saved(known_weeks: list[Row], missing: str) -> None:
    told = lines(found(known(known_weeks)))
    for name in (ComparedFigure.FEWER_CASES, ComparedFigure.REFUNDS, ComparedFigure.CANCELLATIONS, ComparedFigure.TOTAL):
        assert told[name].saved is None
        assert missing in told[name].missing


def test_where_feedback_does_not_reach_over_both_stretches_complaints_are_not_fewer() -> None:
    told = lines(found(replace(better(complaint=0), heard=BEFORE)))
    for name in (ComparedFigure.COMPLAINTS, ComparedFigure.CHURN_FORECAST):
        assert (told[name].saved, told[name].missing) == (None, ("feedback_with_the_loop",))
    heard = DayRange(BEFORE.first, WITH_LOOP.last)
    assert saved(lines(found(replace(better(complaint=0), heard=heard)))[ComparedFigure.COMPLAINTS]) > 0


def test_cases_without_minutes_and_refunds_without_amounts_save_nothing() -> None:
    unsaid = [row | {"handling_minutes": None, "amount_usd": None} for row in quarter(WITH_LOOP, QUIET)]
    told = lines(found(known(quarter(BEFORE, QUIET), unsaid)))
    assert told[ComparedFigure.FASTER_CASES].missing == ("handled_minutes_with_the_loop",)
    assert told[ComparedFigure.REFUNDS].missing == ("refund_usd_with_the_loop",)


def test_a_case_whose_minutes_nobody_wrote_down_is_no_faster_one() -> None:
    half = [row | ({"handling_minutes": None} if n % 2 else {}) for n, row in enumerate(quarter(WITH_LOOP, QUIET))]
    assert saved(lines(found(known(quarter(BEFORE, QUIET), half)))[ComparedFigure.FASTER_CASES]) == pytest.approx(0.0)


def test_the_forecast_of_churn_is_told_and_not_added() -> None:
    less = lines(found(better()))
    more = lines(found(better(complaint=0)))
    assert saved(more[ComparedFigure.CHURN_FORECAST]) > saved(less[ComparedFigure.CHURN_FORECAST])
    assert saved(more[ComparedFigure.TOTAL]) == pytest.approx(saved(less[ComparedFigure.TOTAL]))


def test_the_multiple_is_the_total_over_the_cost_and_the_models_cost_too() -> None:
    told = lines(found(better(), model_cost=50.0))
    months = len(WITH_LOOP) / (365.25 / 12)
    assert told[ComparedFigure.COST].measured == pytest.approx(50.0 + 100.0 * months)
    assert saved(told[ComparedFigure.MULTIPLE]) == pytest.approx(saved(told[ComparedFigure.TOTAL]) / (50.0 + 100.0 * months))


def test_where_nobody_says_what_it_costs_there_is_no_multiple() -> None:
    told = lines(found(better(), seed_assumptions()))
    assert told[ComparedFigure.MULTIPLE].saved is None
    assert "infrastructure" in told[ComparedFigure.MULTIPLE].missing
    assert told[ComparedFigure.TOTAL].saved is not None


def test_a_loop_that_costs_nothing_has_no_multiple() -> None:
    told = lines(found(better(), replace(PRICED, costs=())))
    assert (told[ComparedFigure.MULTIPLE].saved, told[ComparedFigure.MULTIPLE].missing) == (None, ("costs",))


def test_what_was_not_known_before_gives_no_figure_and_is_named() -> None:
    told = lines(found(known(quarter(BEFORE, {"order": 10}), quarter(WITH_LOOP, BETTER))))
    assert told[ComparedFigure.FEWER_CASES].missing == ("cases_before", "handled_minutes_before")
    assert told[ComparedFigure.CANCELLATIONS].missing == ("cancellations_before",)
    assert told[ComparedFigure.TOTAL].saved is None


def test_without_a_customers_revenue_a_cancellation_has_no_price() -> None:
    assert lines(found(better(), revenue=None))[ComparedFigure.CANCELLATIONS].missing == ("monthly_revenue_usd",)


def test_what_the_season_made_of_it_a_year_earlier_is_taken_out() -> None:
    def year_back(days: DayRange) -> DayRange:
        return DayRange(days.first - YEAR, days.last - YEAR)

    doubled = {**QUIET, "case_handled": 12, "order": 20}
    earlier = [*quarter(year_back(BEFORE), QUIET), *quarter(year_back(WITH_LOOP), doubled)]
    comparison = found(known(earlier, quarter(BEFORE, QUIET), quarter(WITH_LOOP, doubled)))
    told = lines(comparison)
    assert comparison.season == pytest.approx(1.0)
    assert saved(told[ComparedFigure.FEWER_CASES]) == pytest.approx(0.0)
    assert saved(told[ComparedFigure.REVENUE]) == pytest.approx(0.0)


def test_shorter_incidents_save_hours_and_no_money() -> None:
    told = [incident(BEFORE.first, 10.0, "i1"), incident(WITH_LOOP.first, 4.0, "i2"), incident(WITH_LOOP.last, 2.0, "i3")]
    line = lines(found(known(quarter(BEFORE, QUIET), quarter(WITH_LOOP, QUIET), incidents=told)))[ComparedFigure.INCIDENT_HOURS]
    assert saved(line) == pytest.approx(14.0)
    assert line.amount is None


def test_the_interval_holds_the_figure_and_is_not_told_of_few_weeks() -> None:
    line = lines(found(better()))[ComparedFigure.REFUNDS]
    assert line.saved is not None
    assert line.saved.low is not None
    assert line.saved.high is not None
    assert line.saved.low <= line.saved.value <= line.saved.high
    short = compared(better(), BEFORE, DayRange(WITH_LOOP.first, date(2026, 3, 15)), PRICED, 10.0, 0.0)
    few = lines(short)[ComparedFigure.REFUNDS].saved
    assert few is not None
    assert (few.low, few.high) == (None, None)


def test_each_assumption_that_has_a_value_is_varied() -> None:
    comparison = found(better())
    base = saved(lines(comparison)[ComparedFigure.TOTAL])
    tried = {(one.name, one.value): one.total_usd for one in comparison.sensitivity}
    hours = 13 * (6 * 0.5 - 3 * 0.4)
    assert tried[("agent_hour_usd", 45.0)] == pytest.approx(base + 15.0 * hours)
    assert tried[("infrastructure", 50.0)] == pytest.approx(base)
    assert not any(name == "usual_incident_hours" for name, _ in tried)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_where_all_rose_with_demand_nothing_is_saved(cases: int, refunds: int, times: int) -> None:
    counts = {"order": 5, "case_handled": cases, "refund": refunds}
    risen = {name: times * count for name, count in counts.items()}
    told = lines(found(known(quarter(BEFORE, counts), quarter(WITH_LOOP, risen))))
    assert saved(told[ComparedFigure.FEWER_CASES]) == pytest.approx(0.0, abs=1e-9)
    assert saved(told[ComparedFigure.REFUNDS]) == pytest.approx(0.0, abs=1e-9)
    assert saved(told[ComparedFigure.FASTER_CASES]) == pytest.approx(0.0, abs=1e-9)
