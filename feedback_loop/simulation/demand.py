"""Who has a reason to write on a day, how many do, and at which instant.

Here: counts and times per topic and per planted fault. The words are in `composition`, the persons in `population`.
The rule that is easy to break: each source of messages draws from streams of its own, so that without a fault all others write as before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_loop.simulation.population import Customer
from feedback_loop.simulation.scenario import Fault, Scenario
from feedback_loop.simulation.streams import around_one, poisson, ranked, stream


@dataclass(frozen=True)
class Occasion:
    """One reason to write: a topic, the planted fault behind it or null, and `hour`, the instant in hours since the start."""

    name: str
    topic: str
    fault: Fault | None
    hour: float


def hour_weights(scenario: Scenario, fault: Fault | None, day: int) -> list[float]:
    """The weight of each hour of a day: daily rhythm, for a fault times its level and the share of customers exposed to it."""
    if fault is None:
        return scenario.hour_levels
    hours = [24 * day + hour for hour in range(24)]
    return [
        level * fault.level_at(hour) * scenario.exposure(fault.versions, hour)
        for hour, level in zip(hours, scenario.hour_levels, strict=True)
    ]


def _daily_mean(scenario: Scenario, seed: int, name: str, rate: float, day: int, weekday: int, weights: list[float]) -> float:
    spread = around_one(stream(seed, "spread", name, day), scenario.daily_spread)
    return rate * scenario.weekday_levels[weekday] * spread * sum(weights) / sum(scenario.hour_levels)


def occasions(scenario: Scenario, seed: int, first_weekday: int) -> Iterator[Occasion]:
    """Every reason to write over the scenario's days, by source and day (`first_weekday`: 0 = Monday)."""
    background: list[tuple[str, str, Fault | None, float]] = [(name, name, None, topic.rate) for name, topic in scenario.topics.items()]
    planted = [(fault.fault, fault.topic, fault, fault.daily_rate) for fault in scenario.faults]
    for name, topic, fault, rate in background + planted:
        for day in range(scenario.days):
            weights = hour_weights(scenario, fault, day)
            mean = _daily_mean(scenario, seed, name, rate, day, (first_weekday + day) % 7, weights)
            for number in range(poisson(stream(seed, "count", name, day), mean)):
                rng = stream(seed, "time", name, day, number)
                yield Occasion(f"{name}/{day}/{number}", topic, fault, 24 * day + ranked(rng, weights) + rng.random())


def is_affected(scenario: Scenario, fault: Fault | None, person: Customer, hour: float) -> bool:
    """Whether a customer is in the fault's slice at that hour (everybody is where there is no fault)."""
    if fault is None:
        return True
    runs = scenario.version_at(person.luck, hour) if person.device.versioned else None
    return (
        (not fault.versions or runs in fault.versions)
        and (not fault.device_kinds or person.device.kind in fault.device_kinds)
        and (not fault.regions or person.region.name in fault.regions)
        and (not fault.tiers or person.tier in fault.tiers)
    )


def extra_topics(rng: random.Random, scenario: Scenario, topic: str) -> list[str]:
    """The further topics of one message, none of them twice, as often as people write about each anyway."""
    if rng.random() >= scenario.second_topic_share:
        return []
    count = 2 if rng.random() < scenario.third_topic_share else 1
    rates = {name: kind.rate for name, kind in scenario.topics.items() if name != topic and kind.rate > 0}
    found: list[str] = []
    while len(found) < min(count, len(rates)):
        name = list(rates)[ranked(rng, list(rates.values()))]
        found += [] if name in found else [name]
    return found
