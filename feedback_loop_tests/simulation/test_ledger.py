"""Tests of the customer register: the same people as in the feed, contracts that end at the stated pace, consent as often as stated."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback_loop.simulation import Simulation
from feedback_loop.simulation.ledger import contract_ends, customer_statements
from feedback_loop.simulation.population import Customer, population


@pytest.fixture(scope="module")
def people(lived: Simulation) -> list[Customer]:
    return population(lived.scenario, lived.seed)


@pytest.fixture(scope="module")
def rows(lived: Simulation, people: list[Customer]) -> list[dict[str, Any]]:
    return [dict(told.row) for told in customer_statements(lived, people)]


def test_everybody_who_writes_is_in_the_register_once(lived: Simulation, rows: list[dict[str, Any]]) -> None:
    known = [row["customer_id"] for row in rows]
    assert len(set(known)) == len(known) == lived.scenario.customers
    by_id = {row["customer_id"]: row for row in rows}
    for message in lived.messages[:300]:
        told = by_id[message.customer.customer_id]
        assert (told["tier"], told["region"]) == (message.customer.tier, message.customer.region.name)


def test_the_register_arrives_with_the_first_load(lived: Simulation, people: list[Customer]) -> None:
    first = datetime.fromisoformat("2026-03-02T00:01:00Z")
    assert {told.delivered_at for told in customer_statements(lived, people)} == {first}


def test_consent_is_given_as_often_as_stated_and_sometimes_unknown(lived: Simulation, rows: list[dict[str, Any]]) -> None:
    consent = Counter(row["consent"] for row in rows)
    assert consent["yes"] / len(rows) == pytest.approx(lived.scenario.consent_share, abs=0.02)
    assert set(consent) == {"yes", "no", None}


def test_who_pays_has_a_contract_and_as_many_end_a_day_as_stated(lived: Simulation, people: list[Customer], rows: list[Any]) -> None:
    assert all(bool(row["monthly_revenue_usd"]) == bool(row["renews_at"]) for row in rows)
    start = datetime.fromisoformat("2026-03-02T00:00:00Z")
    within = [end for end in contract_ends(lived, people).values() if end < start + timedelta(days=60)]
    assert len(within) / 60 == pytest.approx(lived.scenario.renewals_per_day, rel=0.12)


def test_nobody_renews_where_nothing_is_stated(lived: Simulation, people: list[Customer]) -> None:
    free = Simulation(lived.scenario.model_copy(update={"renewals_per_day": 0.0}), 7, lived.start_day, ())
    assert contract_ends(free, people) == {}


def test_businesses_share_accounts_and_consumers_have_none(rows: list[dict[str, Any]]) -> None:
    accounts = Counter(row["account_id"] for row in rows if row["segment"] != "consumer")
    assert {row["account_id"] for row in rows if row["segment"] == "consumer"} == {None}
    assert 2 < sum(accounts.values()) / len(accounts) < 4


def test_the_register_holds_no_name_and_no_address(lived: Simulation, people: list[Customer], rows: list[dict[str, Any]]) -> None:
    written = json.dumps(rows[:200])
    assert not [person.email for person in people[:200] if person.email in written]
