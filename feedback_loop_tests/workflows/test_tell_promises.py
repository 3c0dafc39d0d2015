"""Promises at risk or broken are told once each, whoever tells and whatever dies, by figures and labels alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.errors import ConnectorUnreachable
from feedback_loop.workflows.posted_once import CLAIM
from feedback_loop.workflows.tell_promises import MOST, PromisesTold, promise_id, tell_promises, untold
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import Died, World


def promise(alert: str = "alert_1", verdict: str = "at_risk") -> dict[str, Any]:
    return {
        "due_at": START, "promised_stage": "triage", "sla_verdict": verdict, "class_applied": "payment_failure",
        "urgency_applied": "urgent", "tier_applied": None, "alerted_id": alert,
    }  # fmt: skip


@dataclass
class FakeChannel:
    """A channel in memory; `script` says what happens at the next posts, before or after the message is there."""

    script: list[str] = field(default_factory=list)
    messages: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    connector: str = "ops-slack"

    def posted(self, key: str, since: datetime) -> str | None:
        return key if key in self.messages else None

    def post(self, key: str, subject: str, lines: Sequence[str], begun_at: datetime) -> str:
        step = self.script.pop(0) if self.script else "fine"
        if step == "die_before":
            raise Died
        if step == "down":
            raise ConnectorUnreachable(self.connector, "a notice", "status 500")
        assert key not in self.messages, "it was posted twice"
        self.messages[key] = (subject, tuple(lines))
        if step == "die_after":
            raise Died
        return key


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def tell(world: World, channel: FakeChannel, *waiting: dict[str, Any], attempt: str = "a1") -> PromisesTold:
    return tell_promises(waiting, world.state, channel, world.clock, attempt)


def test_a_promise_is_told_once_and_once_more_when_it_is_broken(world: World) -> None:
    channel = FakeChannel()
    assert len(tell(world, channel, promise()).told) == 1
    assert tell(world, channel, promise()).told == []
    assert len(tell(world, channel, promise(verdict="breached")).told) == 1
    assert next(iter(channel.messages.values())) == (
        "Promise at risk: triage of payment failure",
        ("due: 2026-01-05 09:30 UTC", "urgency: urgent", "tier: any", "alert: alert_1"),
    )


@pytest.mark.parametrize("step", ["die_before", "die_after"])
def test_who_dies_is_waited_for_and_then_another_tells_without_telling_twice(world: World, step: str) -> None:
    channel = FakeChannel([step])
    with pytest.raises(Died):
        tell(world, channel, promise())
    assert list(tell(world, channel, promise(), attempt="a2").left) == [promise_id(promise())]
    world.clock.advance(CLAIM)
    assert tell(world, channel, promise(), attempt="a3").told == [promise_id(promise())]
    assert len(channel.messages) == 1


def test_a_channel_that_is_down_leaves_the_promise_for_later(world: World) -> None:
    channel = FakeChannel(["down"])
    report = tell(world, channel, promise(), promise("alert_2"))
    assert (list(report.left), report.told) == ([promise_id(promise())], [promise_id(promise("alert_2"))])


def test_a_round_tells_so_many_at_most_the_one_due_first_in_front(world: World) -> None:
    waiting = [promise(f"alert_{number}") for number in range(MOST + 5)]
    assert [row["alerted_id"] for row in untold(waiting, world.state)] == [f"alert_{number}" for number in range(MOST)]
    tell(world, FakeChannel(), *waiting)
    assert len(untold(waiting, world.state)) == 5
