"""Tests of what has a price: orders lost to a fault, refunds, contracts, and cases that wait for an agent."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback_loop.simulation import Intervention, Simulation
from feedback_loop.simulation.business_events import CASE_CHANNELS, at_work, business_event_statements, handled_cases
from feedback_loop.simulation.population import Customer, population
from feedback_loop.simulation.scenario import Agents
from feedback_loop.simulation.statements import Statement, instant


@pytest.fixture(scope="module")
def people(lived: Simulation) -> list[Customer]:
    return population(lived.scenario, lived.seed)


@pytest.fixture(scope="module")
def events(lived: Simulation, people: list[Customer]) -> list[Statement]:
    return business_event_statements(lived, people)


def of_kind(events: list[Statement], kind: str) -> list[Any]:
    return [event.row for event in events if event.row["kind"] == kind]


def changed(lived: Simulation, **fields: Any) -> Simulation:
    return replace(lived, **fields)


def test_every_kind_of_event_happens_with_an_id_of_its_own(events: list[Statement]) -> None:
    assert set(Counter(event.row["kind"] for event in events)) == {"order", "refund", "renewal", "cancellation", "case_handled"}
    assert len({event.row["event_id"] for event in events}) == len(events)


def test_events_are_stated_minutes_after_they_happened_in_the_order_of_arrival(events: list[Statement]) -> None:
    delays = [event.delivered_at - datetime.fromisoformat(str(event.row["occurred_at"])) for event in events]
    assert min(delays) >= timedelta(0)
    assert max(delays) <= timedelta(minutes=11)
    assert [event.delivered_at for event in events] == sorted(event.delivered_at for event in events)


def test_orders_come_as_often_and_as_dear_as_stated(lived: Simulation, events: list[Statement]) -> None:
    orders = of_kind(events, "order")
    assert len(orders) / lived.scenario.days == pytest.approx(lived.scenario.orders_per_day, rel=0.06)
    assert sum(order["amount_usd"] for order in orders) / len(orders) == pytest.approx(lived.scenario.order_usd, rel=0.05)


def test_orders_follow_the_hours_of_the_day_and_the_days_of_the_week(lived: Simulation, people: list[Customer]) -> None:
    later = replace(lived, start_day=lived.start_day + timedelta(days=2), messages=())
    moments = [datetime.fromisoformat(str(row["occurred_at"])) for row in of_kind(business_event_statements(later, people), "order")]
    levels, hours = lived.scenario.hour_levels, Counter(moment.hour for moment in moments)
    assert hours[20] / len(moments) == pytest.approx(levels[20] / sum(levels), rel=0.15)
    assert hours[3] / len(moments) == pytest.approx(levels[3] / sum(levels), abs=0.006)
    weekdays = Counter(moment.weekday() for moment in moments)
    assert (weekdays[6] / 8) / (weekdays[4] / 9) == pytest.approx(1.12 / 0.93, rel=0.08)


def test_a_broken_checkout_loses_orders_and_loses_no_other(lived: Simulation, people: list[Customer], events: list[Statement]) -> None:
    calm = business_event_statements(changed(lived, scenario=lived.scenario.model_copy(update={"faults": []})), people)
    lost = {row["event_id"] for row in of_kind(calm, "order")} - {row["event_id"] for row in of_kind(events, "order")}
    by_id = {row["event_id"]: row for row in of_kind(calm, "order")}
    assert 9 < len(lost) < 28
    browsers = {person.customer_id: person.browser for person in people}
    assert {browsers[by_id[one]["customer_id"]] for one in lost} == {"Safari 18"}
    assert {row["event_id"] for row in of_kind(events, "order")} <= set(by_id)


def test_a_rollback_brings_orders_back_from_then_on(lived: Simulation, people: list[Customer], events: list[Statement]) -> None:
    at = instant(lived.start_day, 24 * 42 + 12)
    mended = business_event_statements(changed(lived, interventions=(Intervention(at, "roll_back_release", "deploy-7.2.0"),)), people)
    assert len(of_kind(mended, "order")) > len(of_kind(events, "order"))
    assert [event for event in mended if event.delivered_at <= at] == [event for event in events if event.delivered_at <= at]


def test_complaints_about_money_bring_refunds(lived: Simulation, events: list[Statement]) -> None:
    complaints = {message.message_id: message.fault for message in lived.messages if message.fault}
    causes = Counter(complaints.get(str(row["event_id"]).removeprefix("refund-")) for row in of_kind(events, "refund"))
    assert set(causes) == {None, "checkout_breaks_in_safari_18", "payments_not_synced"}
    assert causes[None] / len(of_kind(events, "order")) == pytest.approx(lived.scenario.refund_share, abs=0.015)


def test_who_left_cancels_and_does_not_renew_afterwards(lived: Simulation, events: list[Statement]) -> None:
    left = {churn.customer_id: churn.at for churn in lived.churned}
    assert {row["customer_id"] for row in of_kind(events, "cancellation")} <= set(left)
    for row in of_kind(events, "renewal"):
        assert row["customer_id"] not in left or datetime.fromisoformat(row["occurred_at"]) < left[row["customer_id"]]


def test_each_case_is_handled_once_in_working_hours_after_it_came_in(lived: Simulation) -> None:
    agents, handled = lived.scenario.agents, list(handled_cases(lived))
    assert [message.message_id for message, _, _ in handled] == [
        message.message_id
        for message in sorted(lived.messages, key=lambda each: (each.delivered_at, each.message_id))
        if message.channel in CASE_CHANNELS
    ]
    for message, done_at, minutes in handled:
        began = done_at - timedelta(seconds=math.ceil(60 * minutes))
        assert began >= message.delivered_at
        assert agents.first_hour <= began.hour < agents.last_hour
    mean = sum(minutes for _, _, minutes in handled) / len(handled)
    assert mean == pytest.approx(agents.handling_minutes, rel=0.05)


def test_no_more_cases_are_worked_on_at_once_than_there_are_agents(lived: Simulation) -> None:
    few = lived.scenario.model_copy(update={"agents": lived.scenario.agents.model_copy(update={"count": 2})})
    spans = [(done_at - timedelta(minutes=minutes), done_at) for _, done_at, minutes in handled_cases(changed(lived, scenario=few))]
    edges = sorted([(began, 1) for began, _ in spans] + [(ended - timedelta(seconds=1), -1) for _, ended in spans])
    busy = [sum(step for _, step in edges[: place + 1]) for place in range(0, len(edges), 97)]
    assert max(busy) == 2


@pytest.mark.parametrize(("hour", "expected"), [(3, (2, 7)), (9, (2, 9)), (20, (2, 20)), (21, (3, 7)), (23, (3, 7))])
def test_work_waits_for_the_next_opening(hour: int, expected: tuple[int, int]) -> None:
    agents = Agents(count=1, handling_minutes=10, first_hour=7, last_hour=21)
    found = at_work(agents, datetime(2026, 3, 2, hour, 0, tzinfo=UTC))
    assert (found.day, found.hour) == expected
