"""What the machines of a made-up company say, minute by minute: requests, errors and latency by slice, and the lines of their logs.

Here: counts drawn from the expectations of `traffic`. Customers and agents are in `ledger` and `business_events`.
Errors are those that always occur plus those of planted faults, at the level that is left after what was done against them.
The rule that is easy to break: numbers are drawn minute by minute in the order of time, and those of faults from streams of their own, so
that an intervention changes nothing before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.interventions import share_left
from feedback_loop.simulation.number_streams import number_stream
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.statements import instant
from feedback_loop.simulation.streams import around_one, stream
from feedback_loop.simulation.traffic import Numbers, Slice, exposed_share, minutes_of, mixes, rhythm, slice_weight, slices

Counts = NDArray[np.int64]
LEVEL_STEP = 10
"""Minutes for which the level of a fault is held: profiles change over hours."""

SLOWDOWN = 4.0
"""By how much the latency grows, as a factor less one, where every request is spoiled."""


@dataclass(frozen=True)
class Measured:
    """The telemetry and the logs of some days, each row in the order of time."""

    telemetry: pl.DataFrame
    logs: pl.DataFrame


@dataclass(frozen=True)
class _Plan:
    """What is the same for every day: slices, and by step of the rollouts their weights and the exposure to each fault `[step, slice]`."""

    slices: list[Slice]
    steps: Numbers
    weights: Numbers
    exposure: dict[str, Numbers]


def _plan(simulation: Simulation) -> _Plan:
    scenario = simulation.scenario
    measured = slices(scenario)
    steps, during = mixes(scenario)
    weights = np.array([[slice_weight(scenario, mix, one) for one in measured] for mix in during])
    faults = [fault for fault in scenario.faults if fault.service and fault.error_share > 0]
    exposure = {
        fault.fault: np.array([[exposed_share(scenario, mix, one, fault) for one in measured] for mix in during]) for fault in faults
    }
    return _Plan(measured, steps, weights, exposure)


def fault_levels(simulation: Simulation, fault: Fault, hours: Numbers) -> Numbers:
    """The level of a fault in each minute, at most 1, after what was done against it; held for some minutes, 0 before the onset."""
    held = np.repeat(np.maximum(hours[::LEVEL_STEP], fault.onset_hour), LEVEL_STEP)[: len(hours)]
    levels = {hour: _level(simulation, fault, hour) for hour in np.unique(held).tolist()}
    return np.where(hours >= fault.onset_hour, np.array([levels[hour] for hour in held.tolist()]), 0.0)


def _level(simulation: Simulation, fault: Fault, hour: float) -> float:
    return min(fault.level_at(hour), 1.0) * share_left(fault, simulation.interventions, instant(simulation.start_day, hour))


@dataclass(frozen=True)
class _Day:
    """The counts of one day `[minute, slice]`: requests, errors that always occur, errors of each fault, and the share spoiled."""

    requests: Counts
    usual: Counts
    planted: dict[str, Counts]
    spoiled: Numbers


def _requests(simulation: Simulation, plan: _Plan, day: int, step: NDArray[np.int64]) -> Counts:
    scenario = simulation.scenario
    weekday = (simulation.start_day.weekday() + day) % 7
    spread = around_one(stream(simulation.seed, "traffic", day), scenario.daily_spread / 2)
    rates = np.array([one.service.requests_per_minute for one in plan.slices])
    expected = rhythm(scenario, day, weekday)[:, None] * rates * plan.weights[step] * spread
    drawn: Counts = number_stream(simulation.seed, "requests", day).poisson(expected)
    return drawn


def _lived_day(simulation: Simulation, plan: _Plan, day: int) -> _Day:
    hours = minutes_of(day)
    step = np.searchsorted(plan.steps, hours, "right") - 1
    requests = _requests(simulation, plan, day, step)
    usual = number_stream(simulation.seed, "usual errors", day).binomial(
        requests, np.array([one.service.error_share for one in plan.slices])
    )
    planted: dict[str, Counts] = {}
    left, spoiled = requests - usual, np.zeros(requests.shape)
    for fault in simulation.scenario.faults:
        if fault.fault in plan.exposure and (levels := fault_levels(simulation, fault, hours)).any():
            share = np.minimum(fault.error_share * levels[:, None] * plan.exposure[fault.fault][step], 1.0)
            planted[fault.fault] = number_stream(simulation.seed, "errors", fault.fault, day).binomial(left, share)
            left, spoiled = left - planted[fault.fault], np.maximum(spoiled, share)
    return _Day(requests, usual, planted, spoiled)


def _columns(simulation: Simulation, plan: _Plan, day: int, chosen: NDArray[np.int64]) -> dict[str, pl.Series]:
    """The columns that name a row, for positions in the flat array of [minute, slice]."""
    at, which = np.divmod(chosen, len(plan.slices))
    midnight = int(instant(simulation.start_day, 24 * day).timestamp()) * 1_000_000
    which_slice = pl.Series(which)
    named = {"service": [one.service.name for one in plan.slices], "version": [one.version for one in plan.slices]}
    named["region"] = [one.region for one in plan.slices]
    told = {name: pl.Series(values, dtype=pl.String).gather(which_slice) for name, values in named.items()}
    minute = pl.Series(midnight + at * 60_000_000).cast(pl.Datetime("us", "UTC"))
    return {"product": pl.Series([simulation.scenario.product]).new_from_index(0, len(chosen)), **told, "minute": minute}


def _telemetry(simulation: Simulation, plan: _Plan, day: int, lived: _Day) -> pl.DataFrame:
    asked = np.flatnonzero(lived.requests)
    which = asked % len(plan.slices)
    usual = np.array([one.service.latency_ms for one in plan.slices])[which]
    noise = number_stream(simulation.seed, "latency", day).lognormal(0.0, 0.08, lived.requests.size)[asked]
    errors = lived.usual + sum(lived.planted.values(), np.zeros_like(lived.usual))
    return pl.DataFrame(
        {
            **_columns(simulation, plan, day, asked),
            "requests": lived.requests.ravel()[asked],
            "errors": errors.ravel()[asked],
            "latency_p95_ms": np.round(usual * noise * (1 + SLOWDOWN * lived.spoiled.ravel()[asked]), 1),
        }
    )


def _log(simulation: Simulation, plan: _Plan, day: int, counts: Counts, said: str | None) -> pl.DataFrame:
    """The lines of some errors with their string; with any of the strings that always occur where none is told."""
    failed = np.flatnonzero(counts)
    if said is None:
        strings = pl.Series(simulation.scenario.stray_errors, dtype=pl.String)
        drawn = number_stream(simulation.seed, "strings", day).integers(0, len(strings), counts.size)[failed]
        error = strings.gather(pl.Series(drawn))
    else:
        error = pl.Series([said]).new_from_index(0, len(failed))
    return pl.DataFrame({**_columns(simulation, plan, day, failed), "error": error, "lines": counts.ravel()[failed]})


def _logs(simulation: Simulation, plan: _Plan, day: int, lived: _Day) -> pl.DataFrame:
    errors = {fault.fault: fault.error for fault in simulation.scenario.faults}
    unnamed = sum((counts for name, counts in lived.planted.items() if errors[name] is None), lived.usual)
    named = {name: counts for name, counts in lived.planted.items() if errors[name] is not None}
    frames = [_log(simulation, plan, day, unnamed, None)]
    frames += [_log(simulation, plan, day, counts, errors[name]) for name, counts in named.items()]
    return pl.concat(frames).sort("minute", "service", "version", "region", "error")


def _measured_days(simulation: Simulation, days: Iterable[int]) -> Iterator[Measured]:
    plan = _plan(simulation)
    for day in days:
        lived = _lived_day(simulation, plan, day)
        yield Measured(_telemetry(simulation, plan, day, lived), _logs(simulation, plan, day, lived))


def measured(simulation: Simulation, days: Iterable[int] | None = None) -> Measured:
    """The telemetry and logs of these days (0 = first; none told: all).

    `telemetry`: product, service, version, region, minute, requests, errors, latency_p95_ms, for minutes with requests.
    `logs`: product, service, version, region, minute, error, lines, for minutes with errors. What is not told apart is an empty string.
    """
    parts = list(_measured_days(simulation, range(simulation.scenario.days) if days is None else days))
    return Measured(pl.concat([part.telemetry for part in parts]), pl.concat([part.logs for part in parts]))
