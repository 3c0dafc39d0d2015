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
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.simulation import Intervention, Message, Scenario, Simulation, load_scenario, simulate
from feedback_loop.simulation.demand import is_affected

IN_ANOTHER_PROCESS = """
from datetime import date
from hashlib import sha256
from feedback_loop.simulation import load_scenario, simulate
small = load_scenario().model_copy(update={"days": 3, "customers": 100})
lived = simulate(small, 5, date(2026, 3, 2))
print(sha256(repr((lived.messages, lived.churned)).encode()).hexdigest())
"""

COMPANY = load_scenario()
BROKEN = next(fault for fault in COMPANY.faults if fault.kind == "release_regression")
START = date(2026, 3, 2)
SHORT = COMPANY.model_copy(update={"days": 50, "customers": 900, "volume": 0.3})


def content(lived: Simulation) -> bytes:
    return repr((lived.messages, lived.churned)).encode()


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
    assert 4000 <= len(lived.messages) <= 4500


def test_every_message_of_a_fault_comes_from_its_slice(lived: Simulation) -> None:
    faults = {fault.fault: fault for fault in lived.scenario.faults}
    seen = Counter(message.fault for message in lived.messages if message.fault)
    assert all(seen[name] >= 30 for name in faults)
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    for message in lived.messages:
        if message.fault and not message.duplicate_of:
            hour = (message.occurred_at - begin).total_seconds() / 3600
            assert faults[message.fault].level_at(hour + 1 / 3600) > 0
            assert is_affected(lived.scenario, faults[message.fault], message.customer, hour + 1 / 3600)


@pytest.mark.parametrize("seed", [7, 8, 11])
def test_the_broken_checkout_makes_an_incident_of_six_hours(company: Scenario, seed: int) -> None:
    lived = simulate(company.model_copy(update={"days": 43}), seed, START)
    begin = datetime(2026, 4, 13, 9, 30, tzinfo=UTC)
    landed = [message for message in lived.messages if begin <= message.delivered_at < begin + timedelta(hours=6)]
    told = [m for m in landed if "checkout_failure" in m.topics and m.browser == "Safari 18"]
    before = [m for m in lived.messages if "checkout_failure" in m.topics and m.browser == "Safari 18" and m.occurred_at < begin]
    assert len(told) >= 10
    assert len(told) / len(landed) > 0.3
    assert len(before) < 12


@pytest.mark.parametrize(
    ("topic", "inside", "before", "during"),
    [
        ("checkout_failure", lambda message: message.browser == "Safari 18", range(42), range(42, 51)),
        ("sync_missing", lambda message: True, range(13), range(13, 16)),
    ],
)
def test_a_fault_raises_the_volume_in_its_slice_only(
    lived: Simulation, topic: str, inside: Callable[[Message], bool], before: range, during: range
) -> None:
    def means(fits: Callable[[Message], bool]) -> tuple[float, float]:
        first, second = [daily_mean(lived, days, lambda m: topic in m.topics and fits(m)) for days in (before, during)]
        return first, second

    usual, raised = means(inside)
    assert raised > 5 * usual
    usual, beside = means(lambda message: not inside(message))
    assert beside < 1.5 * usual + 0.5


def test_the_checkout_returns_to_normal_when_the_company_has_mended_it(lived: Simulation) -> None:
    before, after = (daily_mean(lived, days, lambda m: "checkout_failure" in m.topics) for days in (range(42), range(53, 60)))
    assert after < 2 * before


def test_the_outcry_is_a_burst_of_one_saying_by_many_people(lived: Simulation) -> None:
    rumours = [message for message in lived.messages if "rumour" in message.topics]
    assert min(message.occurred_at.date() for message in rumours) == lived.start_day + timedelta(days=26)
    sayings = [message for message in rumours if re.search("bird is watching|wrensnitch|snitch bird", message.text, re.IGNORECASE)]
    assert len(sayings) > 0.35 * len(rumours)
    assert len({message.customer.customer_id for message in sayings}) > 0.9 * len(sayings)


@settings(max_examples=8, deadline=None)
@given(
    hours=st.integers(24 * 40, 24 * 50),
    seed=st.integers(0, 3),
    target=st.sampled_from(["deploy-7.2.0", "deploy-6.5.0"]),
    kind=st.sampled_from(["roll_back_release", "retry_job"]),
)
def test_an_action_changes_only_what_comes_after_it_and_only_its_fault(hours: int, seed: int, target: str, kind: str) -> None:
    action = Intervention(datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours), kind, target)
    without, with_it = simulate(SHORT, seed, START).messages, simulate(SHORT, seed, START, [action]).messages
    assert [m for m in with_it if m.occurred_at <= action.at] == [m for m in without if m.occurred_at <= action.at]
    assert [m for m in with_it if m.fault != BROKEN.fault] == [m for m in without if m.fault != BROKEN.fault]
    assert {m.message_id for m in with_it} <= {m.message_id for m in without}
    if (target, kind) != ("deploy-7.2.0", "roll_back_release"):
        assert with_it == without


def test_the_right_action_ends_the_complaints_and_the_wrong_one_does_not(lived: Simulation) -> None:
    at = datetime(2026, 4, 13, 16, tzinfo=UTC)
    mended = simulate(lived.scenario, lived.seed, lived.start_day, [Intervention(at, "roll_back_release", "deploy-7.2.0")])
    mistaken = simulate(lived.scenario, lived.seed, lived.start_day, [Intervention(at, "roll_back_config", "chg-d240")])

    def later(life: Simulation) -> int:
        return sum(m.fault == BROKEN.fault and m.occurred_at > at + timedelta(hours=4) for m in life.messages)

    assert later(mended) < 0.1 * later(lived)
    assert mistaken.messages == lived.messages
    assert mended.interventions[0].at == at
    assert len(mended.churned) <= len(lived.churned)


@pytest.mark.parametrize(("language", "low", "high"), [("en", 0.55, 0.68), ("de", 0.15, 0.25), ("es", 0.14, 0.24)])
def test_languages_come_in_their_shares(lived: Simulation, language: str, low: float, high: float) -> None:
    languages = Counter(message.language for message in lived.messages if message.language)
    assert low < languages[language] / languages.total() < high


def test_hardly_two_people_write_the_same(lived: Simulation) -> None:
    texts = Counter(message.text.lower() for message in lived.messages if message.text and not message.duplicate_of)
    assert len(texts) > 0.93 * texts.total()


KNOWN = ("feedback_loop.simulation", "feedback_loop.contracts", "feedback_loop.methods.yaml_texts")
"""How YAML of people is read has nothing to do with what is measured."""


def test_the_simulation_knows_nothing_of_what_it_measures() -> None:
    for module in resources.files("feedback_loop.simulation").iterdir():
        if module.name.endswith(".py"):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])]
                for name in names if isinstance(node, ast.Import | ast.ImportFrom) else []:
                    assert not name.startswith("feedback_loop") or name.startswith(KNOWN)
