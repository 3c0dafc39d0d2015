"""Files of figures become frames and rejected rows that together are the file, in every form and size of chunk."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.records import row_count
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import InputColumnsMissing, UnreadableFile
from feedback_loop.sources import measurements
from feedback_loop.sources.reading import Row, reading_again
from feedback_loop.sources.registry import source_named
from feedback_loop_tests.sources.rows import csv_bytes, json_lines, measured, read, refusals
from feedback_loop_tests.sources.test_parquet import parquet_bytes

GOOD: dict[str, Any] = {
    "product": "Acme", "service": "web", "version": "1.0", "region": "", "minute": "2026-03-01T12:00:00Z", "requests": 10, "errors": 1,
    "latency_p95_ms": 12.5,
}  # fmt: skip
BAD = {"service": "", "minute": "soon", "requests": -1}
MIXED = [
    GOOD,
    GOOD | {"errors": 11},
    GOOD | {"minute": "2026-03-01T12:01:00Z"},
    GOOD | {"service": ""},
    GOOD | {"requests": 0, "errors": 0},
]


def in_form(rows: list[dict[str, Any]], form: str) -> bytes:
    if form == "jsonl":
        return json_lines(*rows)
    if form == "csv":
        return csv_bytes(tuple(GOOD), *([str(row[name]) for name in GOOD] for row in rows))
    return parquet_bytes({name: [row[name] for row in rows] for name in GOOD})


def outcome(rows: list[Row]) -> tuple[pl.DataFrame, list[tuple[int, QuarantineReason]]]:
    return measured(rows), sorted((row.source_row_number, row.reason) for row in refusals(rows))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_good_rows_are_measured_and_bad_ones_rejected_in_every_form_and_chunk(
    form: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, "FRAME_ROWS", chunk)
    monkeypatch.setattr(measurements, "TEXT_ROWS", chunk)
    frame, rejected = outcome(read("telemetry", in_form(MIXED, form), form))
    assert frame["minute_at"].dt.minute().to_list() == [0, 1, 0]
    assert frame["request_count"].to_list() == [10, 10, 0]
    assert rejected == [(2, QuarantineReason.VALUE_OUT_OF_RANGE), (4, QuarantineReason.MISSING_REQUIRED_VALUE)]


@given(st.lists(st.sampled_from([*MIXED, GOOD | {"minute": "soon"}, {}, {"other": [1]}]), max_size=10))
@settings(max_examples=60, deadline=None)
def test_every_row_is_measured_or_rejected(rows: list[dict[str, Any]]) -> None:
    found = read("telemetry", json_lines(*rows) or b" \n", "jsonl")
    assert sum(row_count(row) for row in found) == len(rows)


def test_rejected_row_is_kept_as_json_and_read_again_with_the_same_result() -> None:
    for form in ("jsonl", "csv", "parquet"):
        [before] = refusals(read("telemetry", in_form([GOOD | {"errors": 11}], form), form))
        assert json.loads(before.raw_bytes)["errors"] in (11, "11")
        again = reading_again("telemetry", before.source_file, before.reader_options)
        [after] = refusals(list(source_named("telemetry").read(io.BytesIO(before.raw_bytes), again)))
        assert (after.quarantine_id, after.reason) == (before.quarantine_id, before.reason)


def test_lines_that_are_no_rows_are_rejected_byte_for_byte() -> None:
    rows = read("telemetry", b"broken\n" + json_lines(GOOD), "jsonl")
    assert [(row.source_row_number, row.raw_bytes) for row in refusals(rows)] == [(1, b"broken\n")]
    assert measured(rows).height == 1


def test_first_problem_of_a_row_is_its_reason() -> None:
    [row] = refusals(read("telemetry", json_lines(GOOD | BAD), "jsonl"))
    assert row.detail == "service is empty"


@pytest.mark.parametrize("value", [["web"], {"a": 1}, True, "w\x00b", "\ud800"])
def test_value_that_is_no_text_refuses_its_row_alone(value: object) -> None:
    rows = read("telemetry", json_lines(GOOD | {"service": value}, GOOD), "jsonl")
    assert measured(rows).height == 1
    assert [row.reason for row in refusals(rows)] == [QuarantineReason.MALFORMED_ROW]


def test_column_whose_name_is_no_text_is_read_by_nobody() -> None:
    assert measured(read("telemetry", json_lines(GOOD | {"\ud800": "x"}, GOOD), "jsonl")).height == 2


def test_text_of_parquet_that_is_no_utf8_refuses_its_row_alone() -> None:
    services = pa.Array.from_buffers(pa.string(), 2, pa.array([b"web", b"w\xffb"]).buffers())
    rows = read("telemetry", parquet_bytes({**{name: [GOOD[name]] * 2 for name in GOOD}, "service": services}), "parquet")
    assert measured(rows).height == 1
    assert [row.source_row_number for row in refusals(rows)] == [2]


def test_figures_of_any_type_are_the_same_figures() -> None:
    typed = {name: [GOOD[name]] for name in GOOD}
    as_text = {name: [str(value)] for name, value in GOOD.items()}
    small = typed | {
        "requests": pa.array([10], pa.int16()),
        "errors": pa.array([1], pa.uint8()),
        "latency_p95_ms": pa.array([12.5], pa.float32()),
    }
    coded = typed | {"service": pa.array(["web"]).dictionary_encode()}
    as_bytes = typed | {"service": pa.array([b"web"])}
    variants = (typed, as_text, small, coded, as_bytes)
    frames = [measured(read("telemetry", parquet_bytes(columns), "parquet")) for columns in variants]
    assert all(frame.equals(frames[0]) for frame in frames)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_file_that_lacks_a_column_is_refused_in_one_line(form: str) -> None:
    data = csv_bytes(("product", "minute")) if form == "csv" else parquet_bytes({"product": ["Acme"]})
    with pytest.raises(InputColumnsMissing, match="service"):
        read("telemetry", data, form)


@given(at=st.integers(0, 3000), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_damaged_parquet_is_read_or_refused_and_never_crashes(at: int, byte: int) -> None:
    data = in_form(MIXED, "parquet")
    at %= len(data)
    try:
        rows = read("telemetry", data[:at] + bytes([byte]) + data[at + 1 :], "parquet")
    except (UnreadableFile, InputColumnsMissing):
        return
    assert sum(row_count(row) for row in rows) <= len(MIXED)
