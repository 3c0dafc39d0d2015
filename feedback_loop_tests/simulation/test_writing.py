"""Tests of single messages: their truth, frames, personal data, delivery and repetition over another channel."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest

from feedback_loop.simulation import Simulation
from feedback_loop.simulation.writing import ID_PREFIXES


def test_a_message_is_delivered_within_the_delay_of_its_channel(lived: Simulation) -> None:
    for message in lived.messages:
        low, high = lived.scenario.channel_delays[message.channel]
        assert timedelta(minutes=low) - timedelta(seconds=1) <= message.delivered_at - message.occurred_at <= timedelta(minutes=high)


def test_every_channel_speaks_and_most_of_it_is_written(lived: Simulation) -> None:
    channels = Counter(message.channel for message in lived.messages)
    assert set(channels) == {"app_review", *ID_PREFIXES}
    assert 0.03 < channels["survey"] / channels.total() < 0.1
    assert 0.01 < channels["call"] / channels.total() < 0.05


def test_ratings_severities_and_identifiers_are_those_of_the_channel(lived: Simulation) -> None:
    for message in lived.messages:
        assert (message.rating is not None) == (message.channel in ("app_review", "survey"))
        assert (message.severity is None) == (message.channel == "app_review")
        assert message.message_id.startswith(ID_PREFIXES.get(message.channel, ""))
        assert message.reply is None or (message.channel == "app_review" and message.reply.replied_at > message.occurred_at)


def test_the_browser_and_version_are_those_of_the_customer(lived: Simulation) -> None:
    assert all(message.browser == message.customer.browser for message in lived.messages)
    assert all((message.version or "").startswith("7.") == (message.customer.device.kind == "web") for message in lived.messages)


def test_browsers_are_named_by_those_who_use_one(lived: Simulation) -> None:
    named = [message for message in lived.messages if re.search("Safari 18|Chrome 1[23]", message.text)]
    assert len(named) > 50
    assert all(message.browser and message.browser.lower() in message.text.lower() for message in named)


def test_what_is_said_on_the_phone_has_a_line_per_sentence_and_no_emoji(lived: Simulation) -> None:
    calls = [message.text for message in lived.messages if message.channel == "call"]
    assert all(text.count("\n") >= 1 for text in calls)
    assert not any(re.search("[\U0001f300-\U0001faff]", text) for text in calls)


def test_some_customers_write_the_same_words_over_another_channel(lived: Simulation) -> None:
    by_id = {message.message_id: message for message in lived.messages}
    again = [message for message in lived.messages if message.duplicate_of]
    assert 0.015 < len(again) / len(lived.messages) < 0.04
    for message in again:
        original = by_id[message.duplicate_of or ""]
        assert message.text == original.text
        assert message.text
        assert message.channel != original.channel
        assert message.occurred_at > original.occurred_at
        assert message.fault == original.fault
        assert {message.channel, original.channel}.isdisjoint({"call", "survey"})


def test_many_messages_hold_several_topics_and_spans_say_where(lived: Simulation) -> None:
    assert 0.12 < sum(len(message.topics) > 1 for message in lived.messages) / len(lived.messages) < 0.24
    for message in lived.messages:
        edges = [edge for span in message.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(message.text[span.start : span.end].strip() == message.text[span.start : span.end] != "" for span in message.spans)
        assert {span.topic for span in message.spans} == set(message.topics)
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(message.text))


def test_mails_have_greetings_signatures_and_quoted_replies(lived: Simulation) -> None:
    mails = [message.text for message in lived.messages if message.channel == "email" and not message.duplicate_of]
    quoted = sum(bool(re.search(r"^> |-----Original Message-----", text, re.MULTILINE)) for text in mails) / len(mails)
    assert quoted == pytest.approx(lived.scenario.quoted_reply_share, abs=0.06)
    assert sum("\n\n" in text for text in mails) > 0.7 * len(mails)


def test_personal_data_are_of_made_up_people_only(lived: Simulation) -> None:
    addresses = [domain.lower() for message in lived.messages for domain in re.findall(r"@([\w.-]+\w)", message.text)]
    assert len(addresses) > 150
    assert all(domain.endswith(".example") or domain in {"example.com", "example.org", "example.net"} for domain in addresses)
    telephones = sum(message.customer.phone in message.text for message in lived.messages)
    assert telephones > 150
