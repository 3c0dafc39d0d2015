"""Dollars for 1,000 fragments: of each tier, and of all."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.ask_model import with_answers
from feedback_loop.workflows.model_costs import costs_of
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import FakeTableStore
from feedback_loop_tests.workflows.asked_fragments import DAY, left_open

CALLS = TABLES["state_model_call"]
NO_CALLS = pl.DataFrame(schema=pl.Schema(CALLS.schema))


def calls(*rows: dict[str, object]) -> pl.DataFrame:
    said = {"model_stage": "classification", "call_outcome": "answered", "event_date": DAY, "cost_usd": 0.002, "is_cost_assumed": False}
    return frame_of(CALLS, *({"call_id": f"call_{n}", **said, **row} for n, row in enumerate(rows)))


def store(*, is_answered: bool) -> FakeTableStore:
    """Eight fragments that the local tier decided, two that it left open, one of which the model may have answered."""
    open_ones = left_open(2)
    answers = pl.DataFrame({"fragment_id": ["fragment_0"], "answered_class": ["crash"], "model_version": ["m"], "prompt_version": ["p"]})
    by_hand = (pl.lit("billing").alias("complaint_class"), pl.lit(value=False).alias("is_abstained"))
    decided = left_open(10).tail(8).with_columns(*by_hand, pl.lit(None, pl.String).alias("abstention_reason"))
    tables = FakeTableStore()
    tables.append(TABLES["analysis_classification"], pl.concat([with_answers(open_ones, answers) if is_answered else open_ones, decided]))
    return tables


def test_each_tier_has_its_fragments_and_its_price() -> None:
    made = calls({}, {"call_outcome": "malformed"}, {"attempt_rank": 2}, {"model_stage": "evidence"})
    costs = costs_of(store(is_answered=True), made)
    local, model, people = costs.tiers
    assert (local.fragment_count, local.usd_per_thousand) == (8, 0.0)
    assert (model.fragment_count, model.cost_usd, model.usd_per_thousand) == pytest.approx((2, 0.008, 4.0))
    assert (people.fragment_count, people.usd_per_thousand) == (1, None)
    assert costs.usd_per_thousand == pytest.approx(0.8)


def test_the_calls_stand_behind_it_by_stage() -> None:
    made = calls({}, {"call_outcome": "timeout", "is_cost_assumed": True}, {"model_stage": "evidence", "cost_usd": 0.001})
    classification, evidence = costs_of(store(is_answered=True), made).stages
    assert (classification.call_count, classification.answered_count, classification.assumed_cost_usd) == pytest.approx((2, 1, 0.002))
    assert (evidence.cost_usd, evidence.assumed_cost_usd) == pytest.approx((0.001, 0.0))


def test_where_no_model_was_asked_it_costs_nothing() -> None:
    costs = costs_of(store(is_answered=False), NO_CALLS)
    assert [(tier.fragment_count, tier.usd_per_thousand) for tier in costs.tiers] == [(8, 0.0), (0, None), (2, None)]
    assert (costs.usd_per_thousand, costs.stages) == (0.0, ())


def test_an_empty_home_has_no_price() -> None:
    assert costs_of(FakeTableStore(), NO_CALLS).usd_per_thousand is None


def test_days_choose_fragments_and_calls() -> None:
    elsewhere = DayRange(date(2026, 2, 1), date(2026, 2, 2))
    costs = costs_of(store(is_answered=True), calls({}), elsewhere)
    assert (costs.tiers[0].fragment_count, costs.stages) == (0, ())
