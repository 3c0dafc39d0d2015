"""How the promises of a clock stand at one moment: met, breached, running, at risk, paused, or not asked for.

Clocks are read in `sla_clock`, promises looked up in `sla_policy`. The rules that are easy to break: what happened after the moment is not
known at it, so that a verdict can be given again later; counting stops with the stage; a target is breached with the first working instant
after it is used up, so that what is done over night after it is met; and a stage has one verdict, so that it is breached once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_loop.contracts.outcome_vocab import SlaStage, SlaVerdict
from feedback_loop.methods.working_time.counting import Pause, due_at, working_time
from feedback_loop.methods.working_time.spans import in_utc
from feedback_loop.outcomes.sla_clock import Clock
from feedback_loop.outcomes.sla_policy import Promise, SlaPolicy


@dataclass(frozen=True)
class StageVerdict:
    """How one stage of one clock stands; instants in UTC, lengths in working time.

    `at_risk_at` and `due_at` are None where nothing was promised, and while a pause goes on that keeps them from ever coming.
    """

    clock_id: str
    stage: SlaStage
    verdict: SlaVerdict
    target: timedelta | None
    used: timedelta
    at_risk_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


def verdicts(clock: Clock, policy: SlaPolicy, now: datetime) -> list[StageVerdict]:
    """One row per stage of the clock as it stands now; none before its start."""
    promise, moment = policy.promise_for(clock.subject), in_utc(now)
    return [_verdict(clock, promise, stage, moment) for stage in SlaStage] if clock.started_at <= moment else []


def _verdict(clock: Clock, promise: Promise, stage: SlaStage, now: datetime) -> StageVerdict:
    ended, closed = _known(clock.ended_at(stage), now), _known(clock.closed_at, now)
    # Who acted before the complaint was even opened, such as on another signal, took no time.
    stop = max(clock.started_at, min(instant for instant in (ended, closed, now) if instant is not None))
    pauses = list(_pauses(clock, promise, stop, is_over=ended is not None or closed is not None))
    hours, target = promise.calendar.hours, promise.target(stage, clock.started_at)
    used = working_time(hours, clock.started_at, stop, pauses)
    if target is None:
        return StageVerdict(clock.clock_id, stage, SlaVerdict.NOT_ASKED, None, used, None, None, ended)
    at_risk = target * promise.at_risk_share
    if used > target:
        verdict = SlaVerdict.BREACHED
    elif ended is not None or closed is not None:
        # What is closed in time without having been done is asked for no more.
        verdict = SlaVerdict.NOT_ASKED if ended is None else SlaVerdict.MET
    else:
        verdict = _while_open(used >= at_risk, pauses)
    at_risk_at, due = (due_at(hours, clock.started_at, length, pauses) for length in (at_risk, target))
    return StageVerdict(clock.clock_id, stage, verdict, target, used, at_risk_at, due, ended)


def _while_open(is_at_risk: bool, pauses: Sequence[Pause]) -> SlaVerdict:
    if any(until is None for _, until in pauses):
        return SlaVerdict.PAUSED
    return SlaVerdict.AT_RISK if is_at_risk else SlaVerdict.RUNNING


def _known(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and instant <= now else None


def _pauses(clock: Clock, promise: Promise, stop: datetime, is_over: bool) -> Iterator[Pause]:
    """The waits that count until the stop; one that is still on then goes on, or ends with it where the stage is over."""
    for begin, until in clock.waits if promise.waiting_pauses else ():
        if begin <= stop:
            is_on = until is None or until > stop
            yield begin, (stop if is_over else None) if is_on else until
