"""Who has a reason to write on a day, how many do, and at which instant.

Here: counts and times per topic and per planted fault. The words are in `composition`, the persons in `population`.
The rule that is easy to break: each source of messages draws from streams of its own, so that without a fault all others write as before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.population import Customer
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import around_one, poisson, ranked, stream


@dataclass(frozen=True)
class Occasion:
    """One reason to write: a topic, the planted fault behind it or null, and `hour`, the instant in hours since the start."""

    name: str
    topic: str
    fault: Fault | None
    hour: float


def _begin(fault: Fault | None, hour: int) -> float:
    """Where in an hour the fault has begun: 0 for hours after that of the onset, 1 for those before."""
    return min(max(fault.onset_hour - hour, 0.0), 1.0) if fault else 0.0


def hour_weights(scenario: Scenario, fault: Fault | None, day: int) -> list[float]:
    """The weight of each hour of a day: daily rhythm, for a fault times its level and the share of customers exposed to it."""
    if fault is None:
        return scenario.hour_levels
    weights = []
    for hour, rhythm in enumerate(scenario.hour_levels, 24 * day):
        begin = _begin(fault, hour)
        middle = hour + (1 + begin) / 2
        exposed = scenario.exposure(fault.versions, fault.device_kinds, middle) if begin < 1 else 0.0
        weights.append(rhythm * (1 - begin) * fault.level_at(middle) * exposed)
    return weights


def _daily_mean(scenario: Scenario, seed: int, name: str, rate: float, day: int, weekday: int, weights: list[float]) -> float:
    spread = around_one(stream(seed, "spread", name, day), scenario.daily_spread)
    usual = rate * scenario.weekday_levels[weekday] * scenario.season_at(24 * day + 12)
    return usual * spread * sum(weights) / sum(scenario.hour_levels)


def _instant(rng: random.Random, fault: Fault | None, day: int, weights: list[float]) -> float:
    hour = 24 * day + ranked(rng, weights)
    begin = _begin(fault, hour)
    return hour + begin + (1 - begin) * rng.random()


def occasions(scenario: Scenario, seed: int, first_weekday: int) -> Iterator[Occasion]:
    """Every reason to write over the scenario's days, by source and day (`first_weekday`: 0 = Monday)."""
    usual = [(name, name, None, topic.rate * scenario.volume) for name, topic in scenario.topics.items()]
    planted = [(fault.fault, fault.topic, fault, fault.daily_rate) for fault in scenario.faults]
    for name, topic, fault, rate in [*usual, *planted]:
        for day in range(scenario.days):
            weights = hour_weights(scenario, fault, day)
            mean = _daily_mean(scenario, seed, name, rate, day, (first_weekday + day) % 7, weights)
            for number in range(poisson(stream(seed, "count", name, day), mean)):
                rng = stream(seed, "time", name, day, number)
                yield Occasion(f"{name}/{day}/{number}", topic, fault, _instant(rng, fault, day, weights))


def is_affected(scenario: Scenario, fault: Fault | None, person: Customer, hour: float) -> bool:
    """Whether a customer is in the fault's slice at that hour (everybody is where there is no fault)."""
    if fault is None:
        return True
    return (
        (not fault.device_kinds or person.device.kind in fault.device_kinds)
        and (not fault.browsers or person.browser in fault.browsers)
        and (not fault.regions or person.region.name in fault.regions)
        and (not fault.tiers or person.tier in fault.tiers)
        and (not fault.versions or version_of(scenario, person, hour) in fault.versions)
    )


def version_of(scenario: Scenario, person: Customer, hour: float) -> str | None:
    """The version that a customer runs at an hour; null where their device runs none."""
    return scenario.version_at(person.device.kind, person.luck, hour) if person.device.versioned else None


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
