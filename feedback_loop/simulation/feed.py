"""A simulated company's feedback over its days: every message with the truth about it, from a scenario, a seed and a start day.

Here: the order of the steps (occasion → person → channel → words → duplicates). The files that sources would deliver are in `exports`.
The rule that is easy to break: everything about a message is drawn from the stream of its occasion, never in the order of the feed.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from feedback_loop.simulation.composition import Draft, Span, Voice, compose_body
from feedback_loop.simulation.demand import Occasion, extra_topics, is_affected, occasions
from feedback_loop.simulation.letters import in_channel
from feedback_loop.simulation.phrasebook import phrasebook
from feedback_loop.simulation.population import Customer, draw, population
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import digits, ranked, stream, weighted

SEVERITIES = ("low", "normal", "high", "urgent")
ID_PREFIXES = {"ticket": "TCK-", "email": "MSG-", "chat": "CHT-"}


@dataclass(frozen=True)
class PublicReply:
    """What the company answered under a review, and when (UTC)."""

    text: str
    replied_at: datetime


@dataclass(frozen=True)
class Message:
    """One message and the truth about it; `fault`, `duplicate_of` null where there is none, `language` null where there are no words."""

    message_id: str
    channel: str
    occurred_at: datetime
    text: str
    customer: Customer
    version: str | None
    rating: int | None
    severity: str | None
    area: str | None
    likes: int
    reply: PublicReply | None
    topics: tuple[str, ...]
    spans: tuple[Span, ...]
    language: str | None
    fault: str | None
    duplicate_of: str | None = None


@dataclass(frozen=True)
class Simulation:
    """What a company lived through: `messages` in order of time, within [start_day, start_day + scenario.days) UTC."""

    scenario: Scenario
    seed: int
    start_day: date
    messages: tuple[Message, ...]


def _instant(start_day: date, hour: float) -> datetime:
    return datetime.combine(start_day, time(), UTC) + timedelta(seconds=int(hour * 3600))


def _facts(
    rng: random.Random, scenario: Scenario, person: Customer, version: str | None, error: str | None, at: datetime
) -> dict[str, str]:
    cents = rng.choice([499, 899, 1290, 1499, 1990, 2450, 2999, 3480, 4990, 5995, 8900])
    mark = "." if person.language == "en" else ","
    date_written = phrasebook(person.language).frame(rng, "date_written", {})
    return {
        "product": scenario.product,
        "first": person.first,
        "last": person.last,
        "email": person.email,
        "phone": person.phone,
        "street": person.street,
        "device": person.model,
        "os": person.system,
        "version": version or "",
        "error": error or rng.choice(scenario.stray_errors),
        "order": digits(rng, rng.choice(["PW-20######", "#48######", "PW20######", "48######"])),
        "ticket": digits(rng, "[SR-7#####]"),
        "digits": digits(rng, "####"),
        "money": person.region.currency.format(f"{cents // 100}{mark}{cents % 100:02d}"),
        "date": (at - timedelta(hours=rng.randrange(5, 90))).strftime(date_written),
    }


def _writer(rng: random.Random, scenario: Scenario, people: list[Customer], occasion: Occasion) -> tuple[str, Customer] | None:
    """A channel and somebody affected who can use it; where none of them can review, another channel; null where nobody is affected."""
    channels = scenario.topics[occasion.topic].channels
    for choice in (channels, {name: weight for name, weight in channels.items() if name != "app_review"}):
        channel = weighted(rng, choice)

        def fits(person: Customer, channel: str = channel) -> bool:
            can_write = channel != "app_review" or person.device.reviews
            return can_write and is_affected(scenario, occasion.fault, person, occasion.hour)

        if person := draw(rng, people, fits):
            return channel, person
    return None


def _identifier(rng: random.Random, channel: str) -> str:
    if channel == "app_review":
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return f"{ID_PREFIXES[channel]}{rng.getrandbits(48):012x}"


def _public_reply(voice: Voice, scenario: Scenario, at: datetime) -> PublicReply | None:
    if voice.channel != "app_review" or voice.rng.random() >= scenario.public_reply_share:
        return None
    text = voice.book.frame(voice.rng, "public_reply", voice.facts)
    return PublicReply(text, at + timedelta(minutes=voice.rng.randrange(90, 9000)))


def _words(voice: Voice, scenario: Scenario, topics: list[str]) -> Draft:
    if voice.channel == "app_review" and voice.rng.random() < scenario.wordless_share:
        return Draft()
    return in_channel(voice, compose_body(voice, scenario, topics), scenario.quoted_reply_share)


def _message(rng: random.Random, scenario: Scenario, start_day: date, occasion: Occasion, channel: str, person: Customer) -> Message:
    at, topic = _instant(start_day, occasion.hour), scenario.topics[occasion.topic]
    version = scenario.version_at(person.luck, occasion.hour) if person.device.versioned else None
    facts = _facts(rng, scenario, person, version, occasion.fault.error if occasion.fault else None, at)
    voice = Voice(rng, phrasebook(person.language), facts, person, channel)
    draft = _words(voice, scenario, [occasion.topic, *extra_topics(rng, scenario, occasion.topic)])
    is_review = channel == "app_review"
    return Message(
        message_id=_identifier(rng, channel),
        channel=channel,
        occurred_at=at,
        text=draft.text,
        customer=person,
        version=version,
        rating=1 + ranked(rng, topic.ratings) if is_review else None,
        severity=None if is_review else SEVERITIES[ranked(rng, topic.severities)],
        area=topic.area,
        likes=int(rng.expovariate(0.6)) if is_review else 0,
        reply=_public_reply(voice, scenario, at),
        topics=tuple(dict.fromkeys(span.topic for span in draft.spans)),
        spans=tuple(draft.spans),
        language=person.language if draft.text else None,
        fault=occasion.fault.fault if occasion.fault else None,
    )


def _written_again(scenario: Scenario, seed: int, end: datetime, message: Message) -> Message | None:
    """The same words over another channel some hours later, for the share of customers who do that."""
    rng = stream(seed, "again", message.message_id)
    if rng.random() >= scenario.duplicate_share or not message.text:
        return None
    channel = rng.choice([name for name in ID_PREFIXES if name != message.channel])
    at = message.occurred_at + timedelta(minutes=rng.randrange(4, 600))
    if at >= end:
        return None
    return replace(
        message,
        message_id=_identifier(rng, channel),
        channel=channel,
        occurred_at=at,
        rating=None,
        severity=message.severity or "normal",
        likes=0,
        reply=None,
        duplicate_of=message.message_id,
    )


def _messages(scenario: Scenario, seed: int, start_day: date) -> Iterator[Message]:
    people, end = population(scenario, seed), _instant(start_day, 24 * scenario.days)
    for occasion in occasions(scenario, seed, start_day.weekday()):
        rng = stream(seed, "message", occasion.name)
        writer = _writer(rng, scenario, people, occasion)
        if writer is None:
            continue
        message = _message(rng, scenario, start_day, occasion, *writer)
        yield message
        if again := _written_again(scenario, seed, end, message):
            yield again


def simulate(scenario: Scenario, seed: int, start_day: date) -> Simulation:
    """What the company lived through from that day on; the same arguments give the same messages, on every machine."""
    ordered = sorted(_messages(scenario, seed, start_day), key=lambda message: (message.occurred_at, message.message_id))
    return Simulation(scenario, seed, start_day, tuple(ordered))
