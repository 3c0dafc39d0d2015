"""The five latencies: where each begins and ends, what they add up to, and what counts as met."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.outcome_vocab import LatencyStage, LifecycleStage
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.latencies import LatencyTargets, sla_events
from feedback_loop_tests.outcomes.one_loop import RAISED, table

MINUTES = {"occurred": 0, "landed": 5, "alerted": 15, "cause_ranked": 40, "proposed": 40, "executed": 110, "told": 120, "confirmed": 500}


def life(minutes: dict[str, int], alert: str = "a1") -> pl.DataFrame:
    rows = [
        {
            "lifecycle_event_id": f"{alert}-{stage}",
            "alerted_id": alert,
            "lifecycle_stage": stage,
            "occurred_at": RAISED + timedelta(minutes=m),
            "event_date": (RAISED + timedelta(minutes=m)).date(),
        }
        for stage, m in minutes.items()
    ]
    return table("outcomes_lifecycle_event", *rows)


def elapsed(minutes: dict[str, int]) -> dict[str, float]:
    found = sla_events(life(minutes))
    assert violations(found, TABLES["outcomes_sla_event"]) == []
    return dict(found.select("latency_stage", "elapsed_minutes").iter_rows())


def without(*stages: str) -> dict[str, int]:
    return {stage: m for stage, m in MINUTES.items() if stage not in stages}


def test_each_stage_lasts_from_the_end_of_the_one_before() -> None:
    assert elapsed(MINUTES) == {"intake": 5, "classification": 10, "root_cause": 25, "remediation": 70, "confirmation": 390}


def test_without_a_confirmation_the_customer_was_told_at_least() -> None:
    assert elapsed(without("confirmed"))["confirmation"] == 10


def test_without_a_ranked_cause_the_proposal_ends_the_search_for_it() -> None:
    assert elapsed(without("cause_ranked"))["root_cause"] == 25


def test_a_stage_that_has_not_ended_has_no_row() -> None:
    assert list(elapsed(without("executed", "told", "confirmed"))) == ["intake", "classification", "root_cause"]
    assert list(elapsed(without("executed"))) == ["intake", "classification", "root_cause"]


def test_a_customer_told_before_the_fix_waited_no_time_after_it() -> None:
    assert elapsed(without("confirmed") | {"told": 100})["confirmation"] == 0


def test_an_alert_whose_records_are_unknown_starts_with_its_cause() -> None:
    assert list(elapsed(without("occurred", "landed"))) == ["root_cause", "remediation", "confirmation"]


@given(st.lists(st.integers(0, 5_000), min_size=8, max_size=8))
def test_the_stages_add_up_from_the_first_step_to_the_last(steps: list[int]) -> None:
    minutes = dict(zip(MINUTES, sorted(steps), strict=True))
    found = elapsed(minutes)
    assert list(found) == [str(stage) for stage in LatencyStage]
    assert sum(found.values()) == pytest.approx(minutes["confirmed"] - minutes["occurred"])


@given(st.dictionaries(st.sampled_from([str(s) for s in LifecycleStage]), st.integers(0, 5_000), min_size=1))
def test_no_stage_lasts_less_than_no_time_whatever_came_first(minutes: dict[str, int]) -> None:
    assert all(value >= 0 for value in elapsed(minutes).values())


def test_a_target_is_met_up_to_its_last_minute_and_breached_after_it() -> None:
    found = sla_events(life(MINUTES), LatencyTargets(intake=4, classification=10, remediation=None))
    by_stage = {stage: rest for stage, *rest in found.select("latency_stage", "target_minutes", "sla_result").iter_rows()}
    assert by_stage["intake"] == [4, "breached"]
    assert by_stage["classification"] == [10, "met"]
    assert by_stage["remediation"] == [None, None]
    assert by_stage["confirmation"] == [72 * 60, "met"]


def test_each_alert_is_measured_for_itself_in_any_order_of_rows() -> None:
    two = pl.concat([life(MINUTES), life(without("confirmed"), "a2")])
    found = sla_events(two)
    assert found.group_by("alerted_id").len().sort("alerted_id").rows() == [("a1", 5), ("a2", 5)]
    assert sla_events(two.reverse()).equals(found)


def test_no_life_has_no_latency() -> None:
    assert sla_events(life(MINUTES).clear()).is_empty()
