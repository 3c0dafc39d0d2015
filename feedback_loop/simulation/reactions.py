"""What customers do after they wrote: write again while the fault lasts, leave the company, confirm that all is well again.

Here: reactions to messages that were written already. Why somebody wrote in the first place is in `demand`.
The rule that is easy to break: a reaction is drawn from a stream of the occasion, message or customer that it answers, never in the order
of the feed, so that an action changes only the reactions to what it prevented.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedback_loop.simulation.demand import Occasion
from feedback_loop.simulation.interventions import Intervention, share_left
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import stream

MOST_REPEATS = 3
IS_WELL = 0.25
"""The share of a fault that may be left when a customer who was told says that all is well."""


@dataclass(frozen=True)
class Churn:
    """A customer who left, and when (UTC)."""

    customer_id: str
    at: datetime


@dataclass(frozen=True)
class Confirmation:
    """A customer who was told of a fix and said that all is well, and when (UTC)."""

    customer_id: str
    at: datetime


def repeats(scenario: Scenario, seed: int, first: Occasion) -> Iterator[Occasion]:
    """The occasions on which the customer of an occasion writes of the same fault again, as long as it lasts."""
    again, share = first, scenario.reactions.repeat_share
    if not first.fault or not first.fault.is_defect or share <= 0:
        return
    for _ in range(MOST_REPEATS):
        rng = stream(seed, "repeat", again.name)
        hour = again.hour + 24 * rng.expovariate(-math.log1p(-share)) if share < 1 else again.hour + 24
        if hour >= 24 * scenario.days or rng.random() >= min(first.fault.level_at(hour), 1.0):
            return
        again = replace(again, name=f"{again.name}/again", hour=hour)
        yield again


def churned(scenario: Scenario, seed: int, messages: Iterable[Message], end: datetime) -> tuple[Churn, ...]:
    """The customers who left before the end, in order of time: each bad contact is one more reason than the one before."""
    contacts: dict[str, int] = {}
    left: dict[str, datetime] = {}
    for message in messages:
        if not message.topics or scenario.topics[message.topics[0]].mood != "bad" or message.duplicate_of:
            continue
        who = message.customer.customer_id
        contacts[who] = contacts.get(who, 0) + 1
        rng = stream(seed, "churn", message.message_id)
        if rng.random() < scenario.reactions.churn_share * contacts[who]:
            at = message.occurred_at + timedelta(minutes=int(1440 * rng.expovariate(1 / scenario.reactions.churn_days)))
            left[who] = min(at, left.get(who, at))
    return tuple(Churn(who, at) for who, at in sorted(left.items(), key=lambda pair: (pair[1], pair[0])) if at < end)


def _last_faults(messages: Iterable[Message], told: Mapping[str, datetime]) -> dict[str, str]:
    """The fault that each customer wrote of last before they were told."""
    last: dict[str, str] = {}
    for message in messages:
        who = message.customer.customer_id
        if message.fault and who in told and message.occurred_at <= told[who]:
            last[who] = message.fault
    return last


def confirmed(
    scenario: Scenario,
    seed: int,
    messages: Iterable[Message],
    actions: tuple[Intervention, ...],
    told: Mapping[str, datetime],
    end: datetime,
) -> tuple[Confirmation, ...]:
    """The customers who say that all is well after they were told, in order of time; nobody does whose fault goes on as before."""
    faults = {fault.fault: fault for fault in scenario.faults}
    begin = end - timedelta(days=scenario.days)
    low, high = scenario.reactions.confirm_hours
    found = []
    for who, name in _last_faults(messages, told).items():
        rng, fault = stream(seed, "confirm", who), faults[name]
        at = told[who] + timedelta(minutes=int(60 * low * (high / low) ** rng.random()))
        level = min(fault.level_at((at - begin).total_seconds() / 3600), 1.0) * share_left(fault, actions, at)
        if rng.random() < scenario.reactions.confirm_share and level <= IS_WELL and at < end:
            found.append(Confirmation(who, at))
    return tuple(sorted(found, key=lambda confirmation: (confirmation.at, confirmation.customer_id)))
