"""The way of an action to its tool: each connector has a lane of its own, with its circuit, its pace and its limits.

The rule that is easy to break: an action that was sent stays in its lane. Only that connector can say what came of it, so it is never sent
through another one, whatever connectors.yaml says by now.

A circuit lives as long as its process. What a new process knows is read off the outbox: how many actions are in doubt that the connector
was given since it last answered one, when the last of them was given, and what was claimed within the minute. It does not know of
look-ups that failed; so in an outage each new process asks once, as a probe, and opens the circuit again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind, ActionStatus, RefusalReason
from feedback_loop.ports import ActionSystem
from feedback_loop.remediation.circuit import Circuit, Pace, Waiting, WaitReason
from feedback_loop.remediation.connectors import Connector, environment_refusal

SLOW = timedelta(seconds=5)
"""Whoever takes so long for an answer comes after the others."""

_ANSWERED = (ActionStatus.DONE, ActionStatus.FAILED, ActionStatus.ROLLED_BACK)
_ALL_KINDS = tuple(ActionKind)


@dataclass
class Lane:
    """One connector; without a system it is a dry run, without circuit and pace nothing holds it up."""

    name: str
    system: ActionSystem | None
    rule: Connector | None = None
    circuit: Circuit | None = None
    pace: Pace | None = None
    _asked_at: datetime | None = field(default=None, init=False)
    _is_slow: bool = field(default=False, init=False)

    @property
    def takes(self) -> tuple[ActionKind, ...]:
        """The kinds of actions that go through it."""
        return _ALL_KINDS if self.rule is None else self.rule.takes

    def suits(self, action: OutboxAction) -> bool:
        """Whether an action that was never sent goes through it: by its kind; a reversal where its action went."""
        if action.action_kind in TAKES_BACK and (self.rule is not None or self.system is not None):
            return self.name == action.action_arguments.get("connector")
        return action.action_kind in self.takes

    @property
    def is_ailing(self) -> bool:
        """Whether it gave no answer the last time, or took long to; such a lane lets all others go first."""
        return self._is_slow or (self.circuit is not None and self.circuit.failures > 0)

    def waits(self, now: datetime) -> Waiting | None:
        """Why nothing may be asked through it now; None where it may."""
        if self.circuit is not None and (until := self.circuit.shut_until(now)):
            return Waiting(WaitReason.NO_ANSWER, self.name, until)
        if self.pace is not None and (until := self.pace.full_until(now)):
            return Waiting(WaitReason.TOO_MANY_A_MINUTE, self.name, until)
        return None

    def refusal(self, kind: ActionKind, arguments: Mapping[str, object]) -> RefusalReason | None:
        """Why its limits forbid the action for good."""
        return None if self.rule is None else environment_refusal(self.rule, kind, arguments)

    def asks(self, at: datetime) -> None:
        """A question goes out."""
        self._asked_at = at
        if self.pace is not None:
            self.pace.count(at)

    def answered(self, at: datetime) -> None:
        """An answer came, be it a refusal."""
        self._is_slow = self._asked_at is not None and at - self._asked_at >= SLOW
        if self.circuit is not None:
            self.circuit.answered()

    def failed(self, at: datetime) -> None:
        """No answer came, or none that can be read."""
        if self.circuit is not None:
            self.circuit.failed(at)

    def remember(self, given: Sequence[OutboxAction]) -> None:
        """Takes from the outbox what this process has not seen itself; asked once, before anything is sent."""
        claims = sorted((a.claimed_at, a.action_status) for a in given if a.connector == self.name and a.claimed_at is not None)
        answered_at = max((at for at, status in claims if status in _ANSWERED), default=None)
        for at, status in claims:
            self.asks(at)
            if status is ActionStatus.IN_DOUBT and (answered_at is None or at > answered_at):
                self.failed(at)


@dataclass
class Lanes:
    """All connectors, by name."""

    lanes: Sequence[Lane]
    _is_remembered: bool = field(default=False, init=False)

    def of(self, action: OutboxAction) -> Lane | None:
        """The lane that the action was sent through, or for one that was never sent that which takes its kind; None where there is none."""
        if action.action_status is ActionStatus.QUEUED:
            return next((lane for lane in self.lanes if lane.suits(action)), None)
        return next((lane for lane in self.lanes if lane.name == action.connector), None)

    @property
    def are_any_switched_on(self) -> bool:
        """Whether anything can be sent at all; otherwise it is a dry run."""
        return any(lane.system is not None for lane in self.lanes)

    def remember(self, given: Sequence[OutboxAction]) -> None:
        """What the outbox tells of earlier processes; a second call changes nothing."""
        if not self._is_remembered:
            self._is_remembered = True
            for lane in self.lanes:
                lane.remember(given)


def one_lane(system: ActionSystem | None) -> Lanes:
    """A single system that takes everything, and that nothing holds up; a dry run without one."""
    return Lanes([Lane("dry run" if system is None else system.connector, system)])


def lanes_of(connectors: Mapping[str, Connector], systems: Mapping[str, ActionSystem]) -> Lanes:
    """A lane for each connector; `systems` are those that are switched on."""
    return Lanes(
        [
            Lane(
                name,
                systems.get(name),
                rule,
                Circuit(rule.failures_to_open, timedelta(minutes=rule.minutes_open)),
                Pace(rule.most_per_minute),
            )
            for name, rule in connectors.items()
        ]
    )
