"""A simulated company's feedback over its days: every message with the truth about it, from a scenario, a seed and a start day.

Here: the order of the steps (occasion → what an action left of it → person → channel → words → duplicates → reactions). The files that
sources would deliver are in `exports`.
The rule that is easy to break: everything about a message is drawn from the stream of its occasion, never in the order of the feed. An
action against a fault drops occasions by a draw of their own; it never draws others in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from feedback_loop.simulation.demand import Occasion, is_affected, occasions
from feedback_loop.simulation.interventions import Intervention, share_left
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.population import Customer, draw, population
from feedback_loop.simulation.reactions import Churn, Confirmation, churned, confirmed, repeats
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import stream, weighted
from feedback_loop.simulation.writing import written, written_again


@dataclass(frozen=True)
class Simulation:
    """What a company lived through: `messages` in order of time, within [start_day, start_day + scenario.days) UTC."""

    scenario: Scenario
    seed: int
    start_day: date
    messages: tuple[Message, ...]
    churned: tuple[Churn, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()
    interventions: tuple[Intervention, ...] = ()


@dataclass(frozen=True)
class _Life:
    """The company while it is lived through: `begin` and `end` bound its days."""

    scenario: Scenario
    seed: int
    begin: datetime
    actions: tuple[Intervention, ...]
    people: list[Customer]

    @property
    def end(self) -> datetime:
        return self.begin + timedelta(days=self.scenario.days)

    def at(self, occasion: Occasion) -> datetime:
        return self.begin + timedelta(seconds=int(occasion.hour * 3600))

    def happens(self, occasion: Occasion) -> bool:
        """Whether the occasion is still there after what was done against its fault."""
        if not occasion.fault or not self.actions:
            return True
        return stream(self.seed, "left", occasion.name).random() < share_left(occasion.fault, self.actions, self.at(occasion))


def _writer(life: _Life, occasion: Occasion) -> tuple[str, Customer] | None:
    """A channel and somebody affected who can use it; where none of them can review, another channel; null where nobody is affected."""
    rng, channels = stream(life.seed, "writer", occasion.name), life.scenario.topics[occasion.topic].channels
    for choice in (channels, {name: weight for name, weight in channels.items() if name != "app_review"}):
        channel = weighted(rng, choice)

        def fits(person: Customer, channel: str = channel) -> bool:
            can_write = channel != "app_review" or person.device.reviews
            return can_write and is_affected(life.scenario, occasion.fault, person, occasion.hour)

        if person := draw(rng, life.people, fits):
            return channel, person
    return None


def _with_duplicate(life: _Life, occasion: Occasion, channel: str, person: Customer) -> Iterator[Message]:
    message = written(life.scenario, life.seed, life.at(occasion), occasion, channel, person)
    yield message
    again = written_again(life.scenario, life.seed, message)
    if again and again.occurred_at < life.end:
        yield again


def _contacts(life: _Life, first: Occasion, person: Customer) -> Iterator[Occasion]:
    """The occasion and those on which the same customer writes again, up to the first that does not happen."""
    for occasion in (first, *repeats(life.scenario, life.seed, first)):
        if not life.happens(occasion) or not is_affected(life.scenario, occasion.fault, person, occasion.hour):
            return
        yield occasion


def _messages(life: _Life) -> Iterator[Message]:
    for first in occasions(life.scenario, life.seed, life.begin.weekday()):
        if writer := _writer(life, first):
            channel, person = writer
            for occasion in _contacts(life, first, person):
                again_by = "ticket" if channel == "app_review" and occasion is not first else channel
                yield from _with_duplicate(life, occasion, again_by, person)


def simulate(
    scenario: Scenario,
    seed: int,
    start_day: date,
    interventions: Sequence[Intervention] = (),
    told: Mapping[str, datetime] | None = None,
) -> Simulation:
    """What the company lived through from that day on, with what was done against its faults; `told`: when a customer heard of a fix.

    The same arguments give the same messages, on every machine. Messages up to the first intervention, and all that have another cause than
    the fault it is aimed at, are the same with and without it.
    """
    life = _Life(scenario, seed, datetime.combine(start_day, time(), UTC), tuple(interventions), population(scenario, seed))
    messages = tuple(sorted(_messages(life), key=lambda message: (message.occurred_at, message.message_id)))
    left = churned(scenario, seed, messages, life.end)
    well = confirmed(scenario, seed, messages, life.actions, told or {}, life.end)
    return Simulation(scenario, seed, start_day, messages, left, well, life.actions)
