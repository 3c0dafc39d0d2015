"""The clocks of complaints: when each started, what was known then, when its stages ended and when the customer was waited for.

What a clock is held to is in `sla_policy`, how it stands in `sla_verdicts`. The rules that are easy to break: a complaint that its customer
tells again while its clock runs gets no second one, so that nothing is breached twice; one that comes back after it was mended or closed
gets a new one; and what becomes known after a start changes nothing of that clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.outcome_vocab import SlaStage, SlaStep
from feedback_loop.methods.working_time.counting import Pause
from feedback_loop.methods.working_time.spans import in_utc
from feedback_loop.outcomes.sla_policy import Subject

_ENDS = {
    SlaStep.TRIAGED: SlaStage.TRIAGE,
    SlaStep.MITIGATED: SlaStage.MITIGATE,
    SlaStep.REMEDIATED: SlaStage.REMEDIATE,
    SlaStep.CONFIRMED: SlaStage.CONFIRM,
}
_STARTS = (SlaStep.OPENED, SlaStep.REOPENED)
_ORDER = {step: number for number, step in enumerate(SlaStep)}
"""Of steps of one instant: what is known and the opening come first, a reopening last, for it needs an end to come back from."""


@dataclass(frozen=True)
class Step:
    """One thing that happened to one complaint; a start or a change may bring all that is known of it from then on."""

    complaint_id: str
    step: SlaStep
    at: datetime
    subject: Subject | None = None


@dataclass(frozen=True)
class Clock:
    """One run from a complaint to its confirmation; instants in UTC."""

    clock_id: str
    complaint_id: str
    subject: Subject
    started_at: datetime
    ended: Mapping[SlaStage, datetime] = field(default_factory=dict)
    waits: tuple[Pause, ...] = ()
    closed_at: datetime | None = None

    def ended_at(self, stage: SlaStage) -> datetime | None:
        """When the stage was over: with its own step or a later one, for what is mended needs no triage any more; None before."""
        stages = list(SlaStage)
        return min((self.ended[later] for later in stages[stages.index(stage) :] if later in self.ended), default=None)


def clocks_of(steps: Iterable[Step], originals: Mapping[str, str] | None = None) -> list[Clock]:
    """The clocks of all complaints, by complaint and start, whatever the order of the steps; a duplicate's steps are its original's.

    `originals` names the complaint that another one repeats, directly or over several.
    """
    by_complaint = defaultdict[str, set[tuple[datetime, SlaStep, Subject | None]]](set)
    for step in steps:
        by_complaint[_original(step.complaint_id, originals or {})].add((in_utc(step.at), step.step, step.subject))
    return [clock for complaint, found in sorted(by_complaint.items()) for clock in _life(complaint, found)]


def _original(complaint_id: str, originals: Mapping[str, str]) -> str:
    seen = list[str]()
    while complaint_id in originals and complaint_id not in seen:
        seen.append(complaint_id)
        complaint_id = originals[complaint_id]
    # Complaints that name each other in a ring are all the first of them.
    return min(seen[seen.index(complaint_id) :]) if complaint_id in seen else complaint_id


@dataclass
class _Running:
    """A clock that is being read; `waits_since` is None while nobody is waited for."""

    started_at: datetime
    subject: Subject
    ended: dict[SlaStage, datetime] = field(default_factory=dict)
    waits: list[Pause] = field(default_factory=list)
    waits_since: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.closed_at is not None or SlaStage.REMEDIATE in self.ended or SlaStage.CONFIRM in self.ended

    def take(self, step: SlaStep, at: datetime) -> None:
        if self.closed_at is not None:
            return
        if step in _ENDS:
            self.ended.setdefault(_ENDS[step], at)
        elif step is SlaStep.WAITING and self.waits_since is None:
            self.waits_since = at
        elif step is SlaStep.RESUMED and self.waits_since is not None:
            self.waits.append((self.waits_since, at))
            self.waits_since = None
        elif step is SlaStep.CLOSED:
            self.closed_at = at

    def read(self, complaint: str) -> Clock:
        waits = [*self.waits, *([(self.waits_since, None)] if self.waits_since is not None else [])]
        clock_id = stable_id("clock", complaint, self.started_at.isoformat())
        return Clock(clock_id, complaint, self.subject, self.started_at, dict(self.ended), tuple(waits), self.closed_at)


def _life(complaint: str, steps: set[tuple[datetime, SlaStep, Subject | None]]) -> Iterator[Clock]:
    running, known = None, Subject()
    for at, step, subject in sorted(steps, key=_in_order):
        is_start = step in _STARTS and (running is None or running.is_over)
        if is_start or step is SlaStep.CHANGED:
            known = subject or known
        if is_start:
            if running is not None:
                # A fix that did not hold is confirmed by nobody any more.
                running.take(SlaStep.CLOSED, at)
                yield running.read(complaint)
            running = _Running(at, known)
        elif running is not None:
            running.take(step, at)
    if running is not None:
        yield running.read(complaint)


def _in_order(step: tuple[datetime, SlaStep, Subject | None]) -> tuple[datetime, int, str]:
    return step[0], _ORDER[step[1]], str(step[2])
