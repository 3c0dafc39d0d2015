"""OTLP requests as a user would feed them: pages and lines, good parts landed, bad ones kept alone."""

from __future__ import annotations

import json
import time
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.records import MeasuredRows, Row
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop_tests.sources.otlp_requests import log, logs, metrics, point, span, spans
from feedback_loop_tests.sources.rows import json_lines, read, refusals
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes

LOAD = ["product", "measured_service", "measured_version", "measured_region", "request_count", "error_count"]


def table(rows: list[Row], name: str) -> pl.DataFrame:
    return pl.concat(row.frame for row in rows if isinstance(row, MeasuredRows) and row.table == name)


def page(document: object) -> list[Row]:
    return read("otlp", json.dumps(document).encode(), "page")


def test_durations_become_the_load_of_their_minute() -> None:
    rows = page(metrics(point(60, (90, 0, 0, 0)), point(60, (0, 10, 0, 0), http__response__status_code=500)))
    frame = table(rows, "context_telemetry")
    assert frame.select(LOAD).rows() == [("Acme", "web", "2.10", "eu", 100, 10)]
    assert frame["latency_p95_ms"].to_list() == [pytest.approx(300.0)]
    assert str(frame["minute_at"][0]) == "2026-03-02 12:00:00+00:00"


def test_cumulative_points_of_several_lines_are_one_series_for_each_instance() -> None:
    def line(end: float, count: int, instance: str) -> dict[str, Any]:
        return metrics(point(end, (count, 0, 0, 0)), temporality=2, service__instance__id=instance)

    lines = [line(60, 5, "a"), line(60, 50, "b"), line(120, 7, "a"), line(120, 51, "b")]
    frame = table(read("otlp", json_lines(*lines), "jsonl"), "context_telemetry")
    assert frame["request_count"].to_list() == [55, 3]


def test_errors_of_logs_are_counted_by_their_string() -> None:
    rows = page(logs(log(5, "order 123456 failed"), log(9, "order 99999 failed"), log(9, "fine", 9)))
    frame = table(rows, "context_log")
    assert frame.select("measured_service", "error_text", "line_count").rows() == [("web", "order <number> failed", 2)]


def test_spans_tell_of_services_without_metrics() -> None:
    both = metrics(point(60, (90, 0, 0, 0))) | spans(span(1, 30), service__name="api")
    assert table(page(both), "context_telemetry").select("measured_service", "request_count").rows() == [("api", 1), ("web", 90)]


def test_other_metrics_and_spans_say_nothing() -> None:
    assert page(metrics()) == page(spans(span(1, 30, kind=3))) == page({"resourceSpans": []}) == []


@pytest.mark.parametrize(
    ("bad", "good", "reason"),
    [
        (spans(span(1, 30, spanId="x")), spans(span(1, 30)), QuarantineReason.MALFORMED_ROW),
        (logs(log(5, None)), logs(log(5, "x")), QuarantineReason.MISSING_REQUIRED_VALUE),
        (metrics(point(60, (1, 0, 0, 0)) | {"count": "9"}), metrics(point(60, (1, 0, 0, 0))), QuarantineReason.VALUE_OUT_OF_RANGE),
        (spans(span(1, 30), service__name=""), spans(span(1, 30)), QuarantineReason.MISSING_REQUIRED_VALUE),
        (metrics(point(600, (1, 0, 0, 0)), temporality=2), metrics(point(60, (1, 0, 0, 0))), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=["span", "log", "point", "resource", "alone"],
)
def test_a_part_that_can_not_be_read_waits_alone_until_it_is_mended(bad: Any, good: Any, reason: QuarantineReason) -> None:
    rows = read("otlp", json_lines(bad, spans(span(7, 30), service__name="other")), "jsonl")
    (refused,) = refusals(rows)
    assert refused.reason is reason
    assert table(rows, "context_telemetry")["measured_service"].to_list() == ["other"]
    again = mended("otlp", json.dumps(good).encode(), refused.reader_options)
    assert [row.frame.height for row in again if isinstance(row, MeasuredRows)] == [1]


def test_a_bad_part_does_not_take_the_good_ones_with_it() -> None:
    rows = page(spans(span(1, 30), {"kind": 2}, span(3, 31)))
    assert table(rows, "context_telemetry")["request_count"].to_list() == [2]
    (refused,) = refusals(rows)
    assert json.loads(refused.raw_bytes)["resourceSpans"][0]["scopeSpans"] == [{"spans": [{"kind": "2"}]}]


def test_a_gap_in_a_cumulative_series_is_kept_with_both_of_its_points() -> None:
    rows = page(metrics(point(60, (5, 0, 0, 0)), point(900, (9, 0, 0, 0)), temporality=2))
    assert table(rows, "context_telemetry")["request_count"].to_list() == [5]
    (refused,) = refusals(rows)
    held = json.loads(refused.raw_bytes)["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["histogram"]
    assert [one["count"] for one in held["dataPoints"]] == ["5", "9"]


@pytest.mark.parametrize("document", [{"a": 1}, {"resourceLogs": {}}, {"resourceSpans": [{"scopeSpans": 1}]}], ids=str)
def test_a_line_that_is_no_request_is_quarantined(document: dict[str, Any]) -> None:
    assert len(refusals(read("otlp", json_lines(document), "jsonl"))) == 1


def test_a_page_that_is_no_request_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        page({"a": 1})


def test_what_is_nested_without_end_is_refused_and_a_row_of_many_bad_parts_stays_small() -> None:
    deep = '{"resourceSpans":[{"a":' + '{"a":' * 300 + "1" + "}" * 300 + "}]}"
    assert len(refusals(read("otlp", deep.encode(), "jsonl"))) == 1
    begun = time.process_time()
    rows = read("otlp", json_lines(spans(*[{"kind": 2}] * 20_000, blob="x" * 500)), "jsonl")
    assert sum(len(row.raw_bytes) for row in refusals(rows)) < 10_000_000
    assert time.process_time() - begun < 20


def test_no_spoilt_request_crashes_it() -> None:
    whole = metrics(point(60, (1, 0, 0, 0)), point(120, (2, 0, 0, 0)), temporality=2) | logs(log(5, "x")) | spans(span(1, 30))
    never_crashes("otlp", whole)
    never_crashes("otlp", whole, "jsonl")
