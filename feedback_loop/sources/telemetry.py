"""Telemetry: requests, errors and latency of a service, minute by minute, by version and region.

Columns: product, service, minute, requests, errors are required; version, region, latency_p95_ms may be missing or empty. Others are
read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.columns import Check, Column, amount, count
from feedback_loop.sources.measurements import Measurement, read_measured, where_and_when
from feedback_loop.sources.reading import Problem, Reading, Row

REQUIRED = ("product", "service", "minute", "requests", "errors")


def read_telemetry(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The measured rows of the file, many at once, and the rejected ones."""
    return read_measured(stream, reading, _TELEMETRY)


def _columns(frame: pl.DataFrame) -> dict[str, Column]:
    return {
        **where_and_when(frame),
        "request_count": count(frame, "requests"),
        "error_count": count(frame, "errors"),
        "latency_p95_ms": amount(frame, "latency_p95_ms"),
    }


_TELEMETRY = Measurement(
    table="context_telemetry",
    required=REQUIRED,
    columns=_columns,
    checks=(
        Check(
            (pl.col("error_count") > pl.col("request_count")).fill_null(False),
            Problem(QuarantineReason.VALUE_OUT_OF_RANGE, "errors are more than requests"),
        ),
    ),
)
