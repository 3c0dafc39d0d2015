"""Tests of a whole simulated company: repeatable, faults where they were planted and nowhere else, as varied as stated."""

from __future__ import annotations

import ast
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from importlib import resources

import pytest

from feedback_loop.simulation import Message, Scenario, Simulation, simulate, source_files, truth_files
from feedback_loop.simulation.demand import is_affected

IN_ANOTHER_PROCESS = """
from datetime import date
from hashlib import sha256
from feedback_loop.simulation import load_scenario, simulate, source_files, truth_files
small = load_scenario().model_copy(update={"days": 3, "customers": 100})
lived = simulate(small, 5, date(2026, 3, 2))
print(sha256(b"".join((source_files(lived) | truth_files(lived)).values())).hexdigest())
"""


def content(lived: Simulation) -> bytes:
    return b"".join((source_files(lived) | truth_files(lived)).values())


def daily_mean(lived: Simulation, days: range, fits: Callable[[Message], bool]) -> float:
    first = [lived.start_day + timedelta(days=day) for day in days]
    return sum(message.occurred_at.date() in first for message in lived.messages if fits(message)) / len(days)


def test_the_same_seed_gives_the_same_bytes_whatever_was_called_before(small_company: Scenario) -> None:
    first = content(simulate(small_company, 5, date(2026, 3, 2)))
    random.seed(99)
    simulate(small_company.model_copy(update={"days": 2}), 6, date(2026, 1, 1))
    assert content(simulate(small_company, 5, date(2026, 3, 2))) == first
    assert content(simulate(small_company, 6, date(2026, 3, 2))) != first


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_gives_the_same_bytes(company: Scenario, hash_seed: str) -> None:
    here = content(simulate(company.model_copy(update={"days": 3, "customers": 100}), 5, date(2026, 3, 2)))
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    environment = dict(os.environ, PYTHONHASHSEED=hash_seed, PYTHONPATH=os.pathsep.join(sys.path))
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert there == sha256(here).hexdigest()


def test_without_a_fault_everybody_else_writes_the_same(company: Scenario, lived: Simulation) -> None:
    removed = company.faults[0]
    spared = simulate(company.model_copy(update={"faults": company.faults[1:]}), lived.seed, lived.start_day)
    assert spared.messages == tuple(message for message in lived.messages if message.fault != removed.fault)


def test_the_feed_lies_within_its_days_in_order_with_unique_identifiers(lived: Simulation) -> None:
    moments = [message.occurred_at for message in lived.messages]
    assert moments == sorted(moments)
    assert lived.start_day <= moments[0].date()
    assert moments[-1].date() < lived.start_day + timedelta(days=lived.scenario.days)
    assert len({message.message_id for message in lived.messages}) == len(lived.messages)
    assert 3000 <= len(lived.messages) <= 4000


def test_every_message_of_a_fault_comes_from_its_slice(lived: Simulation) -> None:
    faults = {fault.fault: fault for fault in lived.scenario.faults}
    seen = Counter(message.fault for message in lived.messages if message.fault)
    assert all(seen[name] >= 100 for name in faults)
    for message in lived.messages:
        if message.fault and not message.duplicate_of:
            hour = (message.occurred_at.date() - lived.start_day).days * 24 + message.occurred_at.hour
            assert faults[message.fault].level_at(hour) > 0
            assert is_affected(lived.scenario, faults[message.fault], message.customer, hour + message.occurred_at.minute / 60)


@pytest.mark.parametrize(
    ("topic", "inside", "before", "during"),
    [
        ("checkout_failure", lambda message: message.customer.device.kind == "android", range(9), range(10, 17)),
        ("code_delay", lambda message: message.customer.region.name == "uk", range(18), range(19, 30)),
    ],
)
def test_a_fault_raises_the_volume_in_its_slice_only(
    lived: Simulation, topic: str, inside: Callable[[Message], bool], before: range, during: range
) -> None:
    def rise(fits: Callable[[Message], bool]) -> float:
        means = [daily_mean(lived, days, lambda message: topic in message.topics and fits(message)) for days in (before, during)]
        return means[1] / means[0]

    assert rise(inside) > 5
    assert 0.5 < rise(lambda message: not inside(message)) < 1.8


def test_the_checkout_returns_to_normal_after_the_mended_release(lived: Simulation) -> None:
    before, after = (daily_mean(lived, days, lambda message: "checkout_failure" in message.topics) for days in (range(9), range(20, 30)))
    assert after < 2 * before


def test_the_drift_grows_week_by_week(lived: Simulation) -> None:
    weeks = [daily_mean(lived, range(first, first + 6), lambda message: "slow_start" in message.topics) for first in (0, 8, 16, 24)]
    assert weeks == sorted(weeks)
    assert weeks[3] > 3 * weeks[0]


def test_the_outcry_is_a_burst_of_one_saying_by_many_people(lived: Simulation) -> None:
    rumours = [message for message in lived.messages if "rumour" in message.topics]
    assert min(message.occurred_at.date() for message in rumours) == lived.start_day + timedelta(days=20)
    sayings = [message for message in rumours if re.search("bird is watching|wrensnitch|snitch bird", message.text, re.IGNORECASE)]
    assert len(sayings) > 0.35 * len(rumours)
    assert len({message.customer.customer_id for message in sayings}) > 0.9 * len(sayings)


@pytest.mark.parametrize(("language", "low", "high"), [("en", 0.55, 0.68), ("de", 0.15, 0.25), ("es", 0.14, 0.24)])
def test_languages_come_in_their_shares(lived: Simulation, language: str, low: float, high: float) -> None:
    languages = Counter(message.language for message in lived.messages if message.language)
    assert low < languages[language] / languages.total() < high


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


def test_many_messages_hold_several_topics_and_spans_say_where(lived: Simulation) -> None:
    assert 0.12 < sum(len(message.topics) > 1 for message in lived.messages) / len(lived.messages) < 0.24
    for message in lived.messages:
        edges = [edge for span in message.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(message.text[span.start : span.end].strip() == message.text[span.start : span.end] != "" for span in message.spans)
        assert {span.topic for span in message.spans} == set(message.topics)
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(message.text))


def test_hardly_two_people_write_the_same(lived: Simulation) -> None:
    texts = Counter(message.text.lower() for message in lived.messages if message.text and not message.duplicate_of)
    assert len(texts) > 0.93 * texts.total()


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


def test_the_simulation_knows_nothing_of_what_it_measures() -> None:
    for module in resources.files("feedback_loop.simulation").iterdir():
        if module.name.endswith(".py"):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
                for name in names if isinstance(node, ast.Import | ast.ImportFrom) else []:
                    assert not name.startswith("feedback_loop") or name.startswith(("feedback_loop.simulation", "feedback_loop.contracts"))
