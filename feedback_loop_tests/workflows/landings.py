"""Rows of bronze by day number, as the tests of touched days and latest records land them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.contracts.rows import frame_of

FIRST = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def record(name: str, occurred: int, landed: int = 50, edit: int = 0, product_version: str | None = None) -> pl.DataFrame:
    """One version of a record; an edit of it has another number."""
    at = NOON + timedelta(days=landed, minutes=edit)
    row = {"record_id": name, "record_version_id": f"{name}-{edit}", "product_version": product_version}
    times = {"occurred_at": NOON + timedelta(days=occurred), "event_date": day(occurred), "landed_at": at, "landed_date": at.date()}
    return frame_of(TABLES["bronze_feedback_record"], {**row, **times})


def release(version: str, released: int, landed: int = 50) -> pl.DataFrame:
    """One statement of a release feed."""
    at = NOON + timedelta(days=landed)
    row = {"release_id": f"{version}-{released}", "release_version": version, "released_at": NOON + timedelta(days=released)}
    return frame_of(TABLES["bronze_release"], {**row, "landed_at": at, "landed_date": at.date()})
