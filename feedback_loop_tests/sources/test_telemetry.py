"""Each column of telemetry, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.records import MeasuredRows
from feedback_loop_tests.sources.rows import csv_bytes, json_lines, measured, read, refusals
from feedback_loop_tests.sources.test_measurements import GOOD


def test_columns_of_the_file_become_those_of_the_table() -> None:
    [rows] = read("telemetry", json_lines(GOOD), "jsonl")
    assert isinstance(rows, MeasuredRows)
    assert rows.table == "context_telemetry"
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert rows.frame.rows() == [("Acme", "web", "1.0", "", at, 10, 1, 12.5, at.date())]


def test_service_without_version_region_or_latency_is_measured_too() -> None:
    frame = measured(
        read("telemetry", csv_bytes(("product", "service", "minute", "requests", "errors"), ("A", "web", "2026-03-01", "0", "0")))
    )
    assert frame.select("measured_version", "measured_region", "latency_p95_ms").rows() == [("", "", None)]


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"product": ""}, "product is empty"),
        ({"service": None}, "service is empty"),
        ({"minute": "2026-03-01T12:00:30Z"}, "minute is not the first instant of a minute"),
        ({"minute": "soon"}, "minute is no ISO 8601 date or time"),
        ({"requests": 1.5}, "requests is no whole number of 0 or more"),
        ({"errors": ""}, "errors is empty"),
        ({"errors": 11}, "errors are more than requests"),
        ({"latency_p95_ms": -1}, "latency_p95_ms is no number of 0 or more"),
        ({"version": "x" * 1001}, "version is longer than 1000 characters"),
    ],
    ids=str,
)
def test_row_that_can_not_be_is_refused_with_what_is_wrong(changed: dict[str, object], detail: str) -> None:
    assert [row.detail for row in refusals(read("telemetry", json_lines(GOOD | changed), "jsonl"))] == [detail]
