"""Machines' figures that a reader counts by itself, minute by minute, as rows of the two measured tables.

`measurements` is for files that hold such rows already. The rule that is easy to break: a table has one row for each service, version,
region and minute (and error string), so whatever a file says of one of them must be added up before it becomes a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import polars as pl

from feedback_loop.contracts.records import MeasuredRows
from feedback_loop.contracts.tables import TABLES

_ADDED_AT_LANDING = ("landed_at", "retried_quarantine_id")


class Where(NamedTuple):
    """What was measured; version and region are empty where a service has none."""

    service: str
    version: str
    region: str


class ErrorMinute(NamedTuple):
    """One line with an error string; `minute` is the first instant of its minute, in UTC."""

    where: Where
    minute: datetime
    error_text: str


@dataclass(frozen=True)
class Load:
    """The requests of one minute; the latency in milliseconds is None where it can't be told."""

    requests: int
    errors: int
    latency_p95_ms: float | None


def first_of_minute(instant: datetime) -> datetime:
    """The first instant of the minute."""
    return instant.replace(second=0, microsecond=0)


def error_rows(lines: Mapping[ErrorMinute, int], product: str) -> Iterator[MeasuredRows]:
    """Rows of `context_log`, ascending; no frame where there is no line."""
    rows = [
        _place(one.where, one.minute, product) | {"error_text": one.error_text, "line_count": count} for one, count in sorted(lines.items())
    ]
    yield from _frames("context_log", rows)


def load_rows(loads: Mapping[tuple[Where, datetime], Load], product: str) -> Iterator[MeasuredRows]:
    """Rows of `context_telemetry`, ascending; no frame where there is no minute."""
    rows = [
        _place(where, minute, product) | {"request_count": load.requests, "error_count": load.errors, "latency_p95_ms": load.latency_p95_ms}
        for (where, minute), load in sorted(loads.items(), key=lambda item: item[0])
    ]
    yield from _frames("context_telemetry", rows)


def _place(where: Where, minute: datetime, product: str) -> dict[str, object]:
    return {
        "product": product,
        "measured_service": where.service,
        "measured_version": where.version,
        "measured_region": where.region,
        "minute_at": minute,
        "event_date": minute.date(),
    }


def _frames(table: str, rows: list[dict[str, object]]) -> Iterator[MeasuredRows]:
    if rows:
        schema = {name: dtype for name, dtype in pl.Schema(TABLES[table].schema).items() if name not in _ADDED_AT_LANDING}
        yield MeasuredRows(table=table, frame=pl.DataFrame(rows, schema=pl.Schema(schema), strict=True))
