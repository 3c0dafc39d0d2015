"""Charts are PNG pictures of the numbers that they were given, drawn without a network."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from feedback_loop.adapters.charts import bars_by_day, bars_by_name, bars_with_marks, line_by_day, points_by_day

DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(4)]
FRAME = pl.DataFrame({"event_date": DAYS * 2, "count": [1, 4, 2, 3, 5, 0, 1, 2], "share": [0.1, 0.4] * 4, "kind": ["a"] * 4 + ["b"] * 4})
MARKS = pl.DataFrame({"at": [datetime(2026, 1, 2, 12, tzinfo=UTC)], "what": ["alert"]})


def _by_parts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(part_starts_at=pl.col("event_date").cast(pl.Datetime("us", "UTC")), complaint_count="count")


CHARTS: dict[str, Callable[[pl.DataFrame], bytes]] = {
    "bars": lambda frame: bars_by_day(frame, "count", "Messages", "kind"),
    "bars of one colour": lambda frame: bars_by_day(frame, "count", "Messages"),
    "line": lambda frame: line_by_day(frame, "share", "Share", "kind"),
    "bars with marks": lambda frame: bars_with_marks(_by_parts(frame), MARKS, "Alert"),
    "bars by name": lambda frame: bars_by_name(frame.head(4).with_columns(name=pl.Series(list("abcd"))), "name", "count", "Lift"),
    "points": lambda frame: points_by_day(frame, "count", "Alerts", "kind"),
}


def size(png: bytes) -> tuple[int, int]:
    """Width and height from the picture's header."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_whole_picture_of_readable_size(chart: str) -> None:
    width, height = size(CHARTS[chart](FRAME))
    assert 640 <= width <= 1280
    assert 160 <= height <= 640


@pytest.mark.parametrize("chart", CHARTS)
def test_other_numbers_make_another_picture_and_the_same_the_same(chart: str) -> None:
    other = FRAME.with_columns(pl.col("count") + pl.int_range(pl.len()) * 3, pl.col("share") / 2)
    assert CHARTS[chart](FRAME) == CHARTS[chart](FRAME)
    assert CHARTS[chart](FRAME) != CHARTS[chart](other)


def test_a_chart_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a chart opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    size(CHARTS["bars"](FRAME))
