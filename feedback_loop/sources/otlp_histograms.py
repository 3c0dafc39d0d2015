"""Durations of requests as histograms of OTLP, and what was added to them between one point and the next.

Data model: https://opentelemetry.io/docs/specs/otel/metrics/data-model/. A delta point is what was added in its time. Of a cumulative
series (its resource, metric and attributes), a point adds its difference to the point before; after a restart, seen by another start or by
a count that fell, all that it holds. The first point of a series adds what it holds where its start is near enough, and is only the base
otherwise.
The rule that is easy to break: figures are of minutes, so that what was added within longer than `LONGEST` has no minute and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_values import part
from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.otlp_values import (
    MINUTE,
    attributes,
    canonical,
    count,
    enumeration,
    is_failure,
    nanos,
    numbers,
    required_nanos,
)
from feedback_loop.sources.reading import Problem, RowRefused
from feedback_loop.sources.values import Values

FORMS = ("histogram", "exponentialHistogram")
METRICS = ("http.server.request.duration", "http.server.duration", "rpc.server.duration")
LONGEST = 2 * MINUTE
_UNITS_MS = {"s": 1000.0, "ms": 1.0}
_DELTA, _CUMULATIVE = 1, 2
_TEMPORALITIES = {"DELTA": _DELTA, "CUMULATIVE": _CUMULATIVE}
_NO_VALUE = 1

TOO_LONG = Problem(QuarantineReason.VALUE_OUT_OF_RANGE, "it covers more than 2 minutes, so nothing of it has a minute; export each minute")
ALONE = Problem(QuarantineReason.MISSING_REQUIRED_VALUE, "a cumulative point without the one before it; join the files of one export")


@dataclass(frozen=True)
class Point:
    """One point of a series: what was counted from `start` (None: not known) until `end`, in nanoseconds since 1970."""

    where: Where
    series: str
    is_delta: bool
    start: int | None
    end: int
    requests: int
    buckets: tuple[float, ...]
    bounds_ms: tuple[float, ...]
    is_error: bool


@dataclass(frozen=True)
class Added:
    """Requests that ended in the time up to `end`, by the upper bounds of their duration; no buckets where the durations can't be told."""

    where: Where
    end: int
    requests: int
    buckets: tuple[float, ...]
    bounds_ms: tuple[float, ...]
    is_error: bool


@dataclass(frozen=True)
class Unplaced:
    """Points of a series that have no minute, the earlier first, and why."""

    points: tuple[Point, ...]
    problem: Problem


def read_point(where: Where, resource: str, metric: Values, form: str, values: Values) -> Point | None:
    """The point of a metric of durations; None where it says that nothing was recorded."""
    name, found = read.required_word(metric, "name"), attributes(values)
    unit = read.word(metric, "unit") or ("s" if name == METRICS[0] else "ms")
    if unit not in _UNITS_MS:
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"unit is none of {', '.join(_UNITS_MS)}")
    temporality = enumeration(part(metric, form), "aggregationTemporality", "AGGREGATION_TEMPORALITY_", _TEMPORALITIES)
    if not temporality:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "aggregationTemporality is empty")
    start, end = nanos(values, "startTimeUnixNano"), required_nanos(values, "timeUnixNano")
    if start is not None and start > end:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, "timeUnixNano is before startTimeUnixNano")
    if count(values, "flags") & _NO_VALUE:
        return None
    requests = count(values, "count")
    buckets, bounds = _buckets(values, requests) if form == "histogram" else ((), ())
    return Point(
        where=where,
        series=content_hash(f"{resource} {name} {form} {canonical(found)}".encode()),
        is_delta=temporality == _DELTA,
        start=start,
        end=end,
        requests=requests,
        buckets=buckets,
        bounds_ms=tuple(bound * _UNITS_MS[unit] for bound in bounds),
        is_error=is_failure(found),
    )


def _buckets(values: Values, requests: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    buckets, bounds = numbers(values, "bucketCounts", int), numbers(values, "explicitBounds", float)
    if not buckets and not bounds:
        return (), ()
    if len(buckets) != len(bounds) + 1:
        raise RowRefused(QuarantineReason.WRONG_COLUMN_COUNT, "bucketCounts are not one more than explicitBounds")
    if list(bounds) != sorted(set(bounds)):
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, "explicitBounds do not ascend")
    if sum(buckets) != requests:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, "count is not the sum of bucketCounts")
    return buckets, bounds


def added(points: Iterable[Point]) -> Iterator[Added | Unplaced]:
    """What the points of a whole file add, in whatever order they came; a point that came twice counts once."""
    series: dict[tuple[str, bool], dict[int, Point]] = {}
    for point in points:
        series.setdefault((point.series, point.is_delta), {}).setdefault(point.end, point)
    for (_, is_delta), by_end in series.items():
        ordered = [by_end[end] for end in sorted(by_end)]
        yield from (_delta(point) for point in ordered) if is_delta else _differences(ordered)


def _delta(point: Point) -> Added | Unplaced:
    """A delta point that doesn't say since when is of the minute in which it ends."""
    is_long = point.start is not None and point.end - point.start > LONGEST
    return Unplaced((point,), TOO_LONG) if is_long else _all_of(point)


def _differences(ordered: list[Point]) -> Iterator[Added | Unplaced]:
    first = ordered[0]
    if first.start is not None and first.end - first.start <= LONGEST:
        yield _all_of(first)
    elif len(ordered) == 1:
        yield Unplaced((first,), ALONE)
    for before, point in pairwise(ordered):
        if point.end - before.end > LONGEST:
            yield Unplaced((before, point), TOO_LONG)
        else:
            yield _all_of(point) if _has_restarted(before, point) else _difference(before, point)


def _has_restarted(before: Point, point: Point) -> bool:
    is_another = point.start != before.start or point.bounds_ms != before.bounds_ms or len(point.buckets) != len(before.buckets)
    return is_another or point.requests < before.requests or any(a < b for a, b in zip(point.buckets, before.buckets, strict=True))


def _difference(before: Point, point: Point) -> Added:
    buckets = tuple(a - b for a, b in zip(point.buckets, before.buckets, strict=True))
    return Added(point.where, point.end, point.requests - before.requests, buckets, point.bounds_ms, point.is_error)


def _all_of(point: Point) -> Added:
    return Added(point.where, point.end, point.requests, point.buckets, point.bounds_ms, point.is_error)
