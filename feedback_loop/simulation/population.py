"""The customers of a made-up company: who they are, what they use, how they write.

Here: persons, drawn once per seed. What they write about is in `demand`, in which words in `composition`.
The rule that is easy to break: a customer depends on the seed and the own number alone, so growing the company changes nobody in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from feedback_loop.simulation.phrasebook import read_phrases
from feedback_loop.simulation.scenario import Device, Region, Scenario
from feedback_loop.simulation.streams import digits, stream, weighted


@dataclass(frozen=True)
class Habits:
    """How somebody types: `typo_rate` per word, the rest on or off."""

    typo_rate: float
    casing: str
    ends_sentences: bool
    shortens: bool
    drops_accents: bool
    emoji_rate: float


@dataclass(frozen=True)
class Customer:
    """One made-up person; `luck` 0..1 says how early a staged rollout reaches them (small is early), `browser` is null for none."""

    customer_id: str
    first: str
    last: str
    email: str
    phone: str
    street: str
    language: str
    locale: str
    region: Region
    tier: str
    segment: str
    device: Device
    model: str
    system: str
    browser: str | None
    luck: float
    habits: Habits


def _habits(rng: random.Random) -> Habits:
    careful = rng.random()
    return Habits(
        typo_rate=0.0 if careful > 0.5 else rng.uniform(0.01, 0.07),
        casing=weighted(rng, {"usual": 66, "lower": 28, "shouting": 2, "random_shouting": 4}),
        ends_sentences=rng.random() < 0.74,
        shortens=rng.random() < 0.2,
        drops_accents=rng.random() < 0.15,
        emoji_rate=0.5 if rng.random() < 0.2 else 0.03,
    )


def customer(scenario: Scenario, seed: int, number: int) -> Customer:
    """The customer with that number, the same whatever else is drawn."""
    rng = stream(seed, "customer", number)
    region = rng.choices(scenario.regions, weights=[region.share for region in scenario.regions])[0]
    device = rng.choices(scenario.devices, weights=[device.share for device in scenario.devices])[0]
    language = weighted(rng, region.languages)
    names = read_phrases("people")[language]
    first, last = rng.choice(names["first"]), rng.choice(names["last"])
    mailbox = f"{first}{rng.choice(['.', '_', ''])}{last}{rng.choice(['', str(rng.randrange(40, 99))])}"
    return Customer(
        customer_id=f"C{100_000 + number}",
        first=first,
        last=last,
        email=f"{mailbox.lower().replace(' ', '')}@{rng.choice(names['domains'])}",
        phone=digits(rng, rng.choice(read_phrases("people")["phones"][region.country])),
        street=digits(rng, rng.choice(names["streets"])),
        language=language,
        locale=f"{language}-{region.country}",
        region=region,
        tier=weighted(rng, scenario.tiers),
        segment=weighted(rng, scenario.segments),
        device=device,
        model=rng.choice(device.models),
        system=rng.choice(device.systems),
        browser=weighted(rng, {name: scenario.browsers[name] for name in device.browsers}) if device.browsers else None,
        luck=rng.random(),
        habits=_habits(rng),
    )


def population(scenario: Scenario, seed: int) -> list[Customer]:
    """All customers of the company, by number."""
    return [customer(scenario, seed, number) for number in range(scenario.customers)]


def draw(rng: random.Random, people: list[Customer], fits: Callable[[Customer], bool], tries: int = 3000) -> Customer | None:
    """A customer who fits, each with the same chance; null where `tries` draws found none."""
    return next((person for person in (rng.choice(people) for _ in range(tries)) if fits(person)), None)
