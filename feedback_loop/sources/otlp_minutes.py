"""What was added to histograms and seen in spans, as the load of each service's minutes: requests, errors, 95th percentile of the latency.

The percentile of histograms is read within its bucket as if its requests were spread evenly there; that of spans is the nearest rank. It is
null where it can't be told: the buckets differ between the parts of a minute, there are none (exponential ones are only counted), or the
percentile lies above the last bound. The rule that is easy to break: the same requests are in metrics and in traces, so a minute takes its
figures from metrics where there are any and from spans otherwise, never from both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from feedback_loop.sources.minute_counts import Load, Where
from feedback_loop.sources.otlp_histograms import Added
from feedback_loop.sources.otlp_spans import ServedRequest
from feedback_loop.sources.otlp_values import minute_before

PERCENTILE_95 = (19, 20)
Place = tuple[Where, datetime]


@dataclass
class _Histogram:
    requests: int = 0
    errors: int = 0
    buckets: dict[tuple[float, ...], list[float]] = field(default_factory=dict)

    def add(self, one: Added) -> None:
        self.requests += one.requests
        self.errors += one.requests if one.is_error else 0
        if one.requests:
            before = self.buckets.get(one.bounds_ms) or [0.0] * len(one.buckets)
            self.buckets[one.bounds_ms] = [a + b for a, b in zip(before, one.buckets, strict=True)]

    def load(self) -> Load:
        told = next(iter(self.buckets.items())) if len(self.buckets) == 1 else None
        return Load(self.requests, self.errors, within_buckets(*told) if told else None)


def loads(histograms: Iterable[Added], spans: Iterable[ServedRequest]) -> dict[Place, Load]:
    """The load of each service, version, region and minute."""
    found: dict[Place, _Histogram] = {}
    for one in histograms:
        found.setdefault((one.where, minute_before(one.end)), _Histogram()).add(one)
    return _of_spans(spans) | {place: histogram.load() for place, histogram in found.items()}


def _of_spans(spans: Iterable[ServedRequest]) -> dict[Place, Load]:
    """A span that came twice counts once."""
    unique = {one.span_id: one for one in spans}
    found: dict[Place, list[ServedRequest]] = {}
    for one in unique.values():
        found.setdefault((one.where, minute_before(one.end)), []).append(one)
    return {
        place: Load(len(all_), sum(o.is_error for o in all_), nearest_rank([o.duration_ms for o in all_])) for place, all_ in found.items()
    }


def nearest_rank(durations: list[float]) -> float:
    """The 95th percentile of at least one duration."""
    over, under = PERCENTILE_95
    return sorted(durations)[-(-len(durations) * over // under) - 1]


def within_buckets(bounds: tuple[float, ...], counts: list[float]) -> float | None:
    """The 95th percentile of durations in buckets with these upper bounds and one more without a bound; None where it can't be told."""
    running, (over, under) = list(accumulate(counts)), PERCENTILE_95
    if not running or running[-1] == 0:
        return None
    rank = running[-1] * over / under
    place = bisect_left(running, rank)
    if place >= len(bounds) or bounds[place] < 0:
        return None
    below, held = (running[place - 1] if place else 0.0), counts[place]
    lower = max(bounds[place - 1], 0.0) if place else 0.0
    return lower + (bounds[place] - lower) * (rank - below) / held
