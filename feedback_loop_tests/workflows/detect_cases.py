"""Case folders of `try detect`, made of counts per hour."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

START = datetime(2025, 3, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
HISTORY_DAYS = 14


def write_detect_case(folder: Path, hourly: list[int], **told: object) -> Path:
    """A case whose hours have so many complaints, spread over each; it is watched from its fifteenth day on."""
    folder.mkdir(parents=True)
    start, end = START + HISTORY_DAYS * 24 * HOUR, START + len(hourly) * HOUR
    case = {
        "case_id": folder.name, "task": "detect", "bin_minutes": 15, "alarm_budget": {"false_alarms": 1, "days": 30},
        "history": {"start": START.isoformat(), "end": start.isoformat()}, "window": {"start": start.isoformat(), "end": end.isoformat()},
    }  # fmt: skip
    (folder / "case.json").write_text(json.dumps(case | told), "utf-8")
    moments = [START + hour * HOUR + (n + 0.5) * HOUR / count for hour, count in enumerate(hourly) for n in range(count)]
    pl.DataFrame({"occurred_at": moments}, schema={"occurred_at": pl.Datetime("us", "UTC")}).write_parquet(folder / "complaints.parquet")
    return folder
