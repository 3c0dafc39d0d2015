"""What histograms add: deltas as they are, cumulative points against the one before, restarts from their start."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.otlp_histograms import ALONE, TOO_LONG, Added, Point, Unplaced, added, read_point
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.otlp_requests import nanos, point

WEB = Where("web", "", "")


def read(values: dict[str, Any], temporality: Any = "2", unit: str | None = "s", form: str = "histogram") -> Point | None:
    metric = {"name": "http.server.request.duration", "unit": unit, form: {"aggregationTemporality": temporality}}
    texts = {name: [str(one) for one in value] if name == "explicitBounds" else value for name, value in values.items()}
    return read_point(WEB, "r", metric, form, texts)


def points(*all_: dict[str, Any], temporality: str = "2") -> list[Point]:
    return [found for one in all_ if (found := read(one, temporality)) is not None]


def requests(*all_: dict[str, Any], temporality: str = "2") -> list[int]:
    return [one.requests for one in added(points(*all_, temporality=temporality)) if isinstance(one, Added)]


def test_a_point_is_read_with_bounds_in_milliseconds() -> None:
    found = read(point(60, (1, 2, 3, 0), http__response__status_code=500))
    assert found is not None
    assert (found.requests, found.bounds_ms, found.is_error, found.is_delta) == (6, (100.0, 500.0, 1000.0), True, False)
    in_ms = read(point(60, (1, 2, 3, 0)), "AGGREGATION_TEMPORALITY_DELTA", "ms")
    assert in_ms is not None
    assert (in_ms.bounds_ms, in_ms.is_delta) == ((0.1, 0.5, 1.0), True)


def test_deltas_are_what_they_say_whatever_stands_beside_them() -> None:
    assert requests(point(60, (5, 0, 0, 0)), point(120, (3, 0, 0, 0), start=60), temporality="1") == [5, 3]


def test_cumulative_points_add_their_differences() -> None:
    assert requests(point(60, (5, 0, 0, 0)), point(120, (7, 2, 0, 0)), point(180, (7, 2, 0, 1))) == [5, 4, 1]


def test_the_order_of_the_file_and_points_that_came_twice_change_nothing() -> None:
    first, second, third = point(60, (5, 0, 0, 0)), point(120, (7, 2, 0, 0)), point(180, (7, 2, 0, 1))
    assert requests(third, first, second, second, first) == [5, 4, 1]


def test_the_first_point_of_an_old_process_is_only_the_base() -> None:
    assert requests(point(60, (500, 0, 0, 0), start=-9000), point(120, (503, 0, 0, 0), start=-9000)) == [3]
    assert requests(point(60, (500, 0, 0, 0), start=None), point(120, (503, 0, 0, 0), start=None)) == [3]


def test_after_a_restart_everything_counts_whether_the_start_tells_or_the_count() -> None:
    assert requests(point(60, (5, 0, 0, 0)), point(120, (9, 0, 0, 0), start=70)) == [5, 9]
    assert requests(point(60, (5, 0, 0, 0)), point(120, (2, 0, 0, 0))) == [5, 2]
    assert requests(point(60, (5, 0, 0, 0)), point(120, (4, 3, 0, 0))) == [5, 7]


def test_what_covers_too_long_a_time_has_no_minute() -> None:
    gap = list(added(points(point(60, (5, 0, 0, 0)), point(600, (9, 0, 0, 0)))))
    assert [one.problem for one in gap if isinstance(one, Unplaced)] == [TOO_LONG]
    long = list(added(points(point(600, (9, 0, 0, 0)), temporality="1")))
    assert [one.problem for one in long if isinstance(one, Unplaced)] == [TOO_LONG]


def test_a_cumulative_point_alone_is_told_and_not_lost() -> None:
    (one,) = added(points(point(60, (500, 0, 0, 0), start=-9000)))
    assert isinstance(one, Unplaced)
    assert one.problem is ALONE


def test_series_are_told_apart_by_their_attributes() -> None:
    assert sorted(requests(point(60, (5, 0, 0, 0), path="/a"), point(120, (3, 0, 0, 0), start=60, path="/b"))) == [3, 5]


def test_a_point_without_a_value_is_none_and_an_exponential_one_only_counts() -> None:
    assert read(point(60, (1, 0, 0, 0)) | {"flags": "1"}) is None
    found = read({"timeUnixNano": nanos(60), "count": "7", "scale": "3"}, form="exponentialHistogram")
    assert found is not None
    assert (found.requests, found.buckets) == (7, ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"timeUnixNano": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"timeUnixNano": nanos(-1)}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"count": "x"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"count": "7"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"bucketCounts": ["1"]}, QuarantineReason.WRONG_COLUMN_COUNT),
        ({"bucketCounts": "1"}, QuarantineReason.MALFORMED_ROW),
        ({"explicitBounds": [1, 1, 2]}, QuarantineReason.VALUE_OUT_OF_RANGE),
    ],
    ids=str,
)
def test_a_point_that_can_not_be_read_is_refused(changed: dict[str, Any], reason: QuarantineReason) -> None:
    with pytest.raises(RowRefused) as caught:
        read(point(60, (1, 2, 3, 0)) | changed)
    assert caught.value.problem.reason is reason


@pytest.mark.parametrize(("temporality", "unit"), [(None, "s"), ("0", "s"), ("3", "s"), ("2", "h")])
def test_so_is_one_of_an_unknown_unit_or_temporality(temporality: str | None, unit: str) -> None:
    with pytest.raises(RowRefused):
        read(point(60, (1, 0, 0, 0)), temporality, unit)
