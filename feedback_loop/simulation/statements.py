"""One row of a source with the instant at which it arrives, and the formats in which rows become files.

Here: CSV, JSON lines and Parquet as bytes, and how instants are written. What the rows say stands in the module of each source.
The rule that is easy to break: equal rows give equal bytes, so nothing here may depend on a clock, a locale or the order of a set.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pyarrow.parquet as pq

HOUR = timedelta(hours=1)
FIRST_ARRIVAL = timedelta(minutes=1)
"""What was there before the first day arrives this long after it begins: the first load of each source."""


@dataclass(frozen=True)
class Statement:
    """One row and when the platform could have it (UTC)."""

    delivered_at: datetime
    row: Mapping[str, object]


def instant(start_day: date, hour: float) -> datetime:
    """The instant at an hour since the start of the first day, to the second."""
    return datetime.combine(start_day, time(), UTC) + timedelta(seconds=int(hour * 3600))


def arrival(start_day: date, moment: datetime) -> datetime:
    """The instant itself, or that of the first load where it lies before the first day."""
    return max(moment, instant(start_day, 0) + FIRST_ARRIVAL)


def iso(moment: datetime) -> str:
    """The instant as ISO 8601 in UTC with Z, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """The rows below a header, UTF-8, lines ending with a line feed."""
    page = io.StringIO()
    writer = csv.DictWriter(page, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode()


def json_lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    """One object a line, UTF-8."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """The frame as one Parquet file."""
    page = io.BytesIO()
    pq.write_table(frame.to_arrow(), page, compression="zstd")
    return page.getvalue()
