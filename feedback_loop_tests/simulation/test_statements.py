"""Tests of rows with their arrival, and of the formats in which they become files."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.simulation.statements import arrival, csv_bytes, instant, iso, json_lines, parquet_bytes

DAY = date(2026, 3, 2)


@given(st.integers(-50_000, 500_000))
def test_an_hour_and_its_instant_are_the_same_moment(minutes: int) -> None:
    since_midnight = instant(DAY, minutes / 60) - datetime.combine(DAY, time(), UTC)
    assert abs(since_midnight / timedelta(minutes=1) - minutes) < 0.02


def test_what_was_there_before_the_first_day_arrives_with_the_first_load() -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert arrival(DAY, early) == datetime(2026, 3, 2, 0, 1, tzinfo=UTC)
    assert arrival(DAY, late) == late


def test_instants_are_written_with_z() -> None:
    assert iso(instant(DAY, 25.5)) == "2026-03-03T01:30:00Z"


def test_rows_become_lines_with_umlauts_as_they_are() -> None:
    assert json_lines([{"a": "ä", "b": None}, {"a": "1", "b": []}]) == '{"a": "ä", "b": null}\n{"a": "1", "b": []}\n'.encode()
    assert csv_bytes(("a", "b"), [{"a": 'x"y', "b": "1\n2"}]) == b'a,b\n"x""y","1\n2"\n'


def test_a_frame_survives_its_file_and_gives_the_same_bytes() -> None:
    frame = pl.DataFrame({"minute": [instant(DAY, 1), instant(DAY, 1) + timedelta(minutes=1)], "error": ["", "é"], "lines": [1, 2]})
    assert pl.read_parquet(io.BytesIO(parquet_bytes(frame))).equals(frame)
    assert parquet_bytes(frame) == parquet_bytes(frame.clone())
