"""The forms that a file of rows may have: CSV, JSON lines or Parquet, whatever its rows mean.

What a row means is its source's affair; which form a file has, the registry's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.sources.csv_table import Build, Made, read_csv
from feedback_loop.sources.json_lines import read_json_lines
from feedback_loop.sources.parquet import read_parquet
from feedback_loop.sources.reading import Reading


def read_rows(stream: BinaryIO, reading: Reading, required: tuple[str, ...], build: Build[Made]) -> Iterator[Made | RejectedRow]:
    """What is made of each row of the file, or the rejected row, in order."""
    match reading.form:
        case "csv":
            return read_csv(stream, reading, required, build)
        case "parquet":
            return read_parquet(stream, reading, required, build)
        case _:
            return read_json_lines(stream, reading, build)
