"""Minutes of a service: sums of requests and errors, and a percentile only where it can be told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_loop.sources.minute_counts import Load, Where
from feedback_loop.sources.otlp_histograms import Added
from feedback_loop.sources.otlp_minutes import loads, nearest_rank, within_buckets
from feedback_loop.sources.otlp_spans import ServedRequest
from feedback_loop_tests.sources.otlp_requests import nanos

WEB, API, NOON = Where("web", "", ""), Where("api", "", ""), datetime(2026, 3, 2, 12, tzinfo=UTC)
BOUNDS = (100.0, 500.0, 1000.0)


def part(buckets: tuple[float, ...], end: float = 60, is_error: bool = False, bounds: tuple[float, ...] = BOUNDS) -> Added:
    return Added(WEB, int(nanos(end)), int(sum(buckets)), buckets, bounds, is_error)


def request(number: int, milliseconds: float, where: Where = WEB, is_error: bool = False) -> ServedRequest:
    return ServedRequest(where, int(nanos(30)), str(number), milliseconds, is_error)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([100, 0, 0, 0], 95.0),
        ([90, 10, 0, 0], 300.0),
        ([0, 0, 20, 0], 975.0),
        ([95, 0, 0, 5], 100.0),
        ([90, 0, 0, 10], None),
        ([0, 0, 0, 0], None),
        ([], None),
    ],
)
def test_the_percentile_within_buckets(counts: list[float], expected: float | None) -> None:
    assert within_buckets(BOUNDS, counts) == (pytest.approx(expected) if expected else None)


def test_the_percentile_of_durations_is_one_of_them() -> None:
    assert (nearest_rank([7.0]), nearest_rank([float(n) for n in range(1, 101)]), nearest_rank([3.0, 1.0])) == (7.0, 95.0, 3.0)


def test_the_parts_of_a_minute_are_added_up() -> None:
    found = loads([part((90, 0, 0, 0)), part((0, 10, 0, 0), is_error=True), part((5, 0, 0, 0), end=61)], [])
    assert (found[WEB, NOON].requests, found[WEB, NOON].errors, found[WEB, NOON].latency_p95_ms) == (100, 10, 300.0)
    assert found[WEB, NOON.replace(minute=1)].requests == 5


def test_parts_with_other_buckets_or_none_have_no_percentile_together() -> None:
    other = part((1, 1), bounds=(200.0,))
    assert loads([part((90, 0, 0, 0)), other], [])[WEB, NOON] == Load(92, 0, None)
    assert loads([Added(WEB, int(nanos(60)), 7, (), (), False)], [])[WEB, NOON] == Load(7, 0, None)
    assert loads([part((90, 0, 0, 0)), part((0, 0), bounds=(200.0,))], [])[WEB, NOON].latency_p95_ms is not None


def test_spans_count_once_and_only_where_no_metric_tells_of_their_minute() -> None:
    spans = [request(1, 10), request(1, 10), request(2, 30, is_error=True), request(3, 5, API)]
    assert loads([], spans) == {(WEB, NOON): Load(2, 1, 30.0), (API, NOON): Load(1, 0, 5.0)}
    both = loads([part((90, 0, 0, 0))], spans)
    assert (both[WEB, NOON].requests, both[API, NOON].requests) == (90, 1)
