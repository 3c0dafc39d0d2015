"""The customer register of a made-up company: who they are to its billing, what they pay and whether they may be written to.

Here: one statement per customer, known from the first load on. What customers and agents do that has a price is in `business_events`.
The rule that is easy to break: the register knows the same customers as the feed does, and depends on each customer alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.population import Customer
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.statements import Statement, arrival, instant, iso
from feedback_loop.simulation.streams import stream

UNSTATED_CONSENT_SHARE = 0.04
ACCOUNT_SIZE = 3
"""About how many customers of a business share an account."""


def monthly_usd(scenario: Scenario, person: Customer) -> float:
    """What a customer's plan costs a month; 0 where it costs nothing."""
    return scenario.prices.get(person.tier, 0.0)


def contract_ends(simulation: Simulation, people: Sequence[Customer]) -> dict[str, datetime]:
    """When the contract of each paying customer ends unless it is renewed, by customer: as many a day as the scenario says."""
    paying = [person.customer_id for person in people if monthly_usd(simulation.scenario, person) > 0]
    if not simulation.scenario.renewals_per_day:
        return {}
    span = 24 * len(paying) / simulation.scenario.renewals_per_day
    return {one: instant(simulation.start_day, span * stream(simulation.seed, "renews", one).random()) for one in paying}


def _consent(simulation: Simulation, person: Customer) -> str | None:
    drawn = stream(simulation.seed, "consent", person.customer_id).random()
    if drawn >= 1 - UNSTATED_CONSENT_SHARE:
        return None
    return "yes" if drawn < simulation.scenario.consent_share else "no"


def _account(simulation: Simulation, person: Customer) -> str | None:
    if person.segment == "consumer":
        return None
    segments = simulation.scenario.segments
    owners = simulation.scenario.customers * segments[person.segment] / sum(segments.values())
    return (
        f"A{person.segment[:1].upper()}{stream(simulation.seed, 'account', person.customer_id).randrange(1 + int(owners / ACCOUNT_SIZE))}"
    )


def _row(simulation: Simulation, person: Customer, ends: dict[str, datetime], stated_at: datetime) -> dict[str, object]:
    return {
        "customer_id": person.customer_id,
        "account_id": _account(simulation, person),
        "product": simulation.scenario.product,
        "tier": person.tier,
        "segment": person.segment,
        "region": person.region.name,
        "locale": person.locale,
        "consent": _consent(simulation, person),
        "monthly_revenue_usd": monthly_usd(simulation.scenario, person),
        "renews_at": iso(ends[person.customer_id]) if person.customer_id in ends else None,
        "stated_at": iso(stated_at),
    }


def customer_statements(simulation: Simulation, people: Sequence[Customer]) -> list[Statement]:
    """One row per customer, by number, as the register stands when the first day begins."""
    ends, stated_at = contract_ends(simulation, people), instant(simulation.start_day, 0)
    told_at = arrival(simulation.start_day, stated_at)
    return [Statement(told_at, _row(simulation, person, ends, stated_at)) for person in people]
