"""What customers and agents of a made-up company do that has a price: orders, refunds, renewals, cancellations, handled cases.

Here: what the shop and the case system would state, a few minutes after it happened. Who the customers are is in `ledger`.
A fault of the checkout loses orders, faults of orders and billing bring refunds; who left does not renew.
The rule that is easy to break: each event draws from a stream of its own order, message or customer, so that an action against a fault
changes only what comes after it.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.simulation.demand import is_affected
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.interventions import share_left
from feedback_loop.simulation.ledger import contract_ends, monthly_usd
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.population import Customer
from feedback_loop.simulation.scenario import Agents
from feedback_loop.simulation.statements import Statement, instant, iso
from feedback_loop.simulation.streams import around_one, poisson, ranked, stream

CASE_CHANNELS = ("ticket", "email", "chat", "call")
AMOUNT_SPREAD = 0.45
HANDLING_SPREAD = 0.5
CONTRACT_MONTHS = 12
REFUNDED = {"orders": 0.12, "billing": 0.3}
"""The share of the complaints about a fault of that area that end with money paid back."""

ORDERS_AREA = "orders"


def _event(
    simulation: Simulation,
    kind: BusinessEventKind,
    name: str,
    at: datetime,
    who: str,
    usd: float | None = None,
    minutes: float | None = None,
) -> Statement:
    delay = timedelta(seconds=int(stream(simulation.seed, "event", kind.value, name).uniform(60, 600)))
    row: dict[str, object] = {
        "event_id": f"{kind.value}-{name}",
        "kind": kind.value,
        "product": simulation.scenario.product,
        "customer_id": who,
        "amount_usd": None if usd is None else round(usd, 2),
        "handling_minutes": None if minutes is None else round(minutes, 1),
        "occurred_at": iso(at),
    }
    return Statement(at + delay, row)


def _order_usd(rng: random.Random, mean: float) -> float:
    return mean * rng.lognormvariate(-(AMOUNT_SPREAD**2) / 2, AMOUNT_SPREAD)


def _is_lost(simulation: Simulation, rng: random.Random, faults: Sequence[Fault], person: Customer, hour: float) -> bool:
    """Whether a fault of the checkout kept the customer from ordering; drawn even where nothing is wrong, so that later draws stay."""
    drawn, at = rng.random(), instant(simulation.start_day, hour)
    return any(
        drawn < fault.error_share * min(fault.level_at(hour), 1.0) * share_left(fault, simulation.interventions, at)
        for fault in faults
        if is_affected(simulation.scenario, fault, person, hour)
    )


def _orders(simulation: Simulation, people: Sequence[Customer]) -> Iterator[Statement]:
    """Orders that came through, each with its refund where it is sent back."""
    scenario, seed = simulation.scenario, simulation.seed
    faults = [fault for fault in scenario.faults if scenario.topics[fault.topic].area == ORDERS_AREA and fault.is_defect]
    for day in range(scenario.days):
        level = scenario.weekday_levels[(simulation.start_day.weekday() + day) % 7] * scenario.season_at(24 * day + 12)
        for number in range(poisson(stream(seed, "orders", day), scenario.orders_per_day * level)):
            rng, name = stream(seed, "order", day, number), f"{day}-{number}"
            person, hour = rng.choice(people), 24 * day + ranked(rng, scenario.hour_levels) + rng.random()
            if _is_lost(simulation, rng, faults, person, hour):
                continue
            at, usd = instant(simulation.start_day, hour), _order_usd(rng, scenario.order_usd)
            yield _event(simulation, BusinessEventKind.ORDER, name, at, person.customer_id, usd)
            if rng.random() < scenario.refund_share:
                back_at = at + timedelta(minutes=rng.randrange(1440, 7200))
                yield _event(simulation, BusinessEventKind.REFUND, name, back_at, person.customer_id, usd)


def _refunded_complaints(simulation: Simulation) -> Iterator[Statement]:
    scenario = simulation.scenario
    shares = {fault.fault: REFUNDED.get(scenario.topics[fault.topic].area or "", 0.0) for fault in scenario.faults if fault.is_defect}
    for message in simulation.messages:
        rng = stream(simulation.seed, "refund", message.message_id)
        if not message.duplicate_of and rng.random() < shares.get(message.fault or "", 0.0):
            at = message.occurred_at + timedelta(minutes=rng.randrange(300, 4320))
            usd = _order_usd(rng, scenario.order_usd)
            yield _event(simulation, BusinessEventKind.REFUND, message.message_id, at, message.customer.customer_id, usd)


def _contracts(simulation: Simulation, people: Sequence[Customer]) -> Iterator[Statement]:
    """Cancellations of those who left, and renewals of the others whose contract ends; the money is that of the next contract."""
    left = {churn.customer_id: churn.at for churn in simulation.churned}
    worth = {person.customer_id: CONTRACT_MONTHS * monthly_usd(simulation.scenario, person) for person in people}
    for who, at in left.items():
        yield _event(simulation, BusinessEventKind.CANCELLATION, who, at, who, worth[who])
    for who, at in contract_ends(simulation, people).items():
        if who not in left or left[who] > at:
            yield _event(simulation, BusinessEventKind.RENEWAL, who, at, who, worth[who])


def at_work(agents: Agents, moment: datetime) -> datetime:
    """The instant itself where agents work then, else the beginning of their next day."""
    opening = moment.replace(hour=agents.first_hour, minute=0, second=0, microsecond=0)
    if moment < opening:
        return opening
    return moment if moment.hour < agents.last_hour else opening + timedelta(days=1)


def handled_cases(simulation: Simulation) -> Iterator[tuple[Message, datetime, float]]:
    """Each case with the instant at which it was done and the minutes that it took: first come, first served, by as many as there are."""
    agents = simulation.scenario.agents
    cases = [message for message in simulation.messages if message.channel in CASE_CHANNELS]
    free = [instant(simulation.start_day, 0)] * agents.count
    for message in sorted(cases, key=lambda case: (case.delivered_at, case.message_id)):
        minutes = agents.handling_minutes * around_one(stream(simulation.seed, "handling", message.message_id), HANDLING_SPREAD)
        done_at = at_work(agents, max(heapq.heappop(free), message.delivered_at)) + timedelta(seconds=math.ceil(60 * minutes))
        heapq.heappush(free, done_at)
        yield message, done_at, minutes


def _statements(simulation: Simulation, people: Sequence[Customer]) -> Iterator[Statement]:
    yield from _orders(simulation, people)
    yield from _refunded_complaints(simulation)
    yield from _contracts(simulation, people)
    for message, done_at, minutes in handled_cases(simulation):
        who = message.customer.customer_id
        yield _event(simulation, BusinessEventKind.CASE_HANDLED, message.message_id, done_at, who, minutes=minutes)


def business_event_statements(simulation: Simulation, people: Sequence[Customer]) -> list[Statement]:
    """Every event that happens and is stated within the company's days, in the order of its arrival."""
    end = instant(simulation.start_day, 24 * simulation.scenario.days)
    told = [event for event in _statements(simulation, people) if event.delivered_at < end]
    return sorted(told, key=lambda event: (event.delivered_at, str(event.row["event_id"])))
