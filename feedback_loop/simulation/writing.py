"""One message from its occasion, channel and customer: words, rating, severity, identifier, delivery, and the same words sent again.

Here: what surrounds the words that `composition` and `letters` choose. Who writes, and when, is `feed`.
The rule that is easy to break: a message draws from the stream of its occasion alone, its delivery from a stream of its own identifier.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from feedback_loop.simulation.composition import Draft, Voice, compose_body
from feedback_loop.simulation.demand import Occasion, extra_topics, version_of
from feedback_loop.simulation.letters import in_channel
from feedback_loop.simulation.message import Message, PublicReply
from feedback_loop.simulation.phrasebook import phrasebook
from feedback_loop.simulation.population import Customer, Habits
from feedback_loop.simulation.scenario import Scenario, Topic
from feedback_loop.simulation.streams import digits, ranked, stream

SEVERITIES = ("low", "normal", "high", "urgent")
ID_PREFIXES = {"ticket": "TCK-", "email": "MSG-", "chat": "CHT-", "survey": "SRV-", "call": "CAL-"}
SENT_AGAIN_BY = ("ticket", "email", "chat")
SPOKEN = Habits(typo_rate=0.0, casing="usual", ends_sentences=True, shortens=False, drops_accents=False, emoji_rate=0.0)
"""What is said on the phone is typed by somebody else, who types well."""


def _facts(
    rng: random.Random, scenario: Scenario, person: Customer, version: str | None, error: str | None, at: datetime
) -> dict[str, str]:
    cents = rng.choice([499, 899, 1290, 1499, 1990, 2450, 2999, 3480, 4990, 5995, 8900])
    mark = "." if person.language == "en" else ","
    paid_tiers = [tier for tier, price in scenario.prices.items() if price > 0]
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
        "browser": person.browser or "",
        "handset": "" if person.browser else person.model,
        "app_version": "" if person.browser else version or "",
        "version": version or "",
        "error": error or rng.choice(scenario.stray_errors),
        "plan": (person.tier if person.tier in paid_tiers else paid_tiers[0]).title(),
        "order": digits(rng, rng.choice(["PW-20######", "#48######", "PW20######", "48######"])),
        "ticket": digits(rng, "[SR-7#####]"),
        "digits": digits(rng, "####"),
        "money": person.region.currency.format(f"{cents // 100}{mark}{cents % 100:02d}"),
        "date": (at - timedelta(hours=rng.randrange(5, 90))).strftime(date_written),
    }


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


def _delivered(scenario: Scenario, seed: int, message_id: str, channel: str, at: datetime) -> datetime:
    low, high = scenario.channel_delays[channel]
    return at + timedelta(seconds=int(60 * stream(seed, "delivery", message_id).uniform(low, high)))


def _rating(rng: random.Random, channel: str, topic: Topic) -> int | None:
    return 1 + ranked(rng, topic.ratings) if channel in ("app_review", "survey") else None


def written(scenario: Scenario, seed: int, at: datetime, occasion: Occasion, channel: str, person: Customer) -> Message:
    """What the customer writes on that occasion, over that channel."""
    rng, topic = stream(seed, "message", occasion.name), scenario.topics[occasion.topic]
    version = version_of(scenario, person, occasion.hour)
    facts = _facts(rng, scenario, person, version, occasion.fault.error if occasion.fault else None, at)
    speaker = replace(person, habits=SPOKEN) if channel == "call" else person
    voice = Voice(rng, phrasebook(person.language), facts, speaker, channel)
    draft = _words(voice, scenario, [occasion.topic, *extra_topics(rng, scenario, occasion.topic)])
    message_id = _identifier(rng, channel)
    return Message(
        message_id=message_id,
        channel=channel,
        occurred_at=at,
        delivered_at=_delivered(scenario, seed, message_id, channel, at),
        text=draft.text,
        customer=person,
        version=version,
        browser=person.browser,
        rating=_rating(rng, channel, topic),
        severity=None if channel == "app_review" else SEVERITIES[ranked(rng, topic.severities)],
        area=topic.area,
        likes=int(rng.expovariate(0.6)) if channel == "app_review" else 0,
        reply=_public_reply(voice, scenario, at),
        topics=tuple(dict.fromkeys(span.topic for span in draft.spans)),
        spans=tuple(draft.spans),
        language=person.language if draft.text else None,
        fault=occasion.fault.fault if occasion.fault else None,
    )


def written_again(scenario: Scenario, seed: int, message: Message) -> Message | None:
    """The same words over another channel some hours later, for the share of customers who do that; what was said on the phone is not."""
    rng = stream(seed, "again", message.message_id)
    if rng.random() >= scenario.duplicate_share or not message.text or message.channel in ("call", "survey"):
        return None
    channel = rng.choice([name for name in SENT_AGAIN_BY if name != message.channel])
    at, message_id = message.occurred_at + timedelta(minutes=rng.randrange(4, 600)), _identifier(rng, channel)
    return replace(
        message,
        message_id=message_id,
        channel=channel,
        occurred_at=at,
        delivered_at=_delivered(scenario, seed, message_id, channel, at),
        rating=None,
        severity=message.severity or "normal",
        likes=0,
        reply=None,
        duplicate_of=message.message_id,
    )
