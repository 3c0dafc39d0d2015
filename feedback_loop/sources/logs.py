"""Logs: how many lines of a service held an error string, minute by minute, by version and region.

Columns: product, service, minute, error, lines are required; version, region may be missing or empty. The error is a string without values
of the request: whoever exports logs strips ids and addresses of customers off before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from feedback_loop.sources.columns import Column, count, word
from feedback_loop.sources.measurements import Measurement, read_measured, where_and_when
from feedback_loop.sources.reading import Reading, Row

REQUIRED = ("product", "service", "minute", "error", "lines")


def read_logs(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The counted error strings of the file, many at once, and the rejected rows."""
    return read_measured(stream, reading, _LOGS)


def _columns(frame: pl.DataFrame) -> dict[str, Column]:
    return {
        **where_and_when(frame),
        "error_text": word(frame, "error", is_required=True),
        "line_count": count(frame, "lines"),
    }


_LOGS = Measurement(table="context_log", required=REQUIRED, columns=_columns)
