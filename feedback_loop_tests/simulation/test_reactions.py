"""Tests of what customers do after they wrote."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from feedback_loop.simulation import Intervention, Scenario, Simulation, simulate
from feedback_loop.simulation.demand import Occasion
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.reactions import MOST_REPEATS, churned, confirmed, repeats

AT = datetime(2026, 4, 13, 16, tzinfo=UTC)
ROLLBACK = Intervention(AT, "roll_back_release", "deploy-7.2.0")
END = datetime(2026, 5, 1, tzinfo=UTC)


def broken(company: Scenario) -> Fault:
    return next(fault for fault in company.faults if fault.kind == "release_regression")


def eager(company: Scenario, **changed: object) -> Scenario:
    return company.model_copy(update={"reactions": company.reactions.model_copy(update=changed)})


def test_some_write_again_while_the_fault_lasts_and_as_often_as_stated(company: Scenario) -> None:
    fault = broken(company)
    lasting = fault.model_copy(update={"profile": [(0, 1.0)], "manual_fix_days": 90})
    first = [Occasion(f"o{number}", fault.topic, lasting, fault.onset_hour + 1) for number in range(800)]
    again = [list(repeats(company, 7, occasion)) for occasion in first]
    next_day = sum(bool(found) and found[0].hour < first[0].hour + 24 for found in again)
    assert next_day / 800 == pytest.approx(company.reactions.repeat_share, abs=0.025)
    for occasion, found in zip(first, again, strict=True):
        hours = [occasion.hour, *(each.hour for each in found)]
        assert hours == sorted(hours)
        assert len(found) <= MOST_REPEATS
        assert hours[-1] < 24 * company.days


def test_nobody_writes_again_of_what_is_over_or_never_was(company: Scenario) -> None:
    fault = broken(company)
    over = Occasion("o", fault.topic, fault, fault.onset_hour + 24 * (fault.manual_fix_days + 1))
    viral = next(each for each in company.faults if not each.is_defect)
    for seed in range(30):
        assert list(repeats(company, seed, over)) == []
        assert list(repeats(company, seed, Occasion("o", "rumour", viral, viral.onset_hour + 20))) == []
        assert list(repeats(company, seed, Occasion("o", "wish", None, 5.0))) == []
        assert list(repeats(eager(company, repeat_share=0.0), seed, Occasion("o", fault.topic, fault, fault.onset_hour))) == []


def test_the_feed_holds_those_who_write_again_about_the_same(lived: Simulation) -> None:
    name = broken(lived.scenario).fault
    by_customer = Counter(m.customer.customer_id for m in lived.messages if m.fault == name and not m.duplicate_of)
    silent = simulate(eager(lived.scenario, repeat_share=0.0), lived.seed, lived.start_day)
    assert sum(m.fault == name for m in silent.messages) < by_customer.total()
    known = {m.message_id: m for m in lived.messages}
    assert all(known[m.message_id] == m for m in silent.messages)


def test_customers_leave_once_after_a_bad_contact_and_the_more_the_worse(lived: Simulation) -> None:
    left = {churn.customer_id: churn.at for churn in lived.churned}
    assert len(left) == len(lived.churned) > 10
    bad = {topic for topic, kind in lived.scenario.topics.items() if kind.mood == "bad"}
    for who, at in left.items():
        assert any(m.customer.customer_id == who and m.occurred_at <= at and m.topics[0] in bad for m in lived.messages if m.topics)
    assert [churn.at for churn in lived.churned] == sorted(left.values())
    assert churned(eager(lived.scenario, churn_share=0.0), 7, lived.messages, END) == ()
    everybody = churned(eager(lived.scenario, churn_share=1.0, churn_days=0.001), 7, lived.messages, END)
    assert len(everybody) > 10 * len(left)


def test_who_was_told_and_is_well_again_confirms_with_the_stated_share(lived: Simulation) -> None:
    name = broken(lived.scenario).fault
    affected = sorted({m.customer.customer_id for m in lived.messages if m.fault == name and m.occurred_at < AT + timedelta(days=1)})
    told = dict.fromkeys(affected, AT + timedelta(days=1))
    life = simulate(lived.scenario, lived.seed, lived.start_day, [ROLLBACK], told)
    expected = lived.scenario.reactions.confirm_share
    assert len(life.confirmed) / len(told) == pytest.approx(expected, abs=0.2)
    assert {confirmation.customer_id for confirmation in life.confirmed} < set(told)
    assert all(timedelta(minutes=29) < c.at - told[c.customer_id] <= timedelta(hours=48) for c in life.confirmed)
    assert lived.confirmed == ()


def test_nobody_confirms_what_goes_on_nor_what_they_never_had(lived: Simulation) -> None:
    name = broken(lived.scenario).fault
    affected = {m.customer.customer_id for m in lived.messages if m.fault == name and m.occurred_at < AT + timedelta(days=1)}
    told = dict.fromkeys(affected, AT + timedelta(days=1))
    sure = eager(lived.scenario, confirm_share=1.0)
    assert confirmed(sure, 7, lived.messages, (), told, END) == ()
    assert confirmed(sure, 7, lived.messages, (ROLLBACK,), {"C1": AT}, END) == ()
    assert len(confirmed(sure, 7, lived.messages, (ROLLBACK,), told, END)) == len(told)
