"""Case folders of `try verify-fix`, made of counts per day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

START = datetime(2025, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def write_fix_case(folder: Path, treated: list[int], control: list[int], symptom_day: int, fix_day: int, **told: object) -> Path:
    """A case whose days have so many treated and control complaints, spread over each day."""
    folder.mkdir(parents=True)
    end = START + len(treated) * DAY
    case = {
        "case_id": folder.name, "task": "verify_fix", "treated": {"browser": "Safari 18"},
        "history": {"start": START.isoformat(), "end": (START + symptom_day * DAY).isoformat()},
        "symptom_start": (START + symptom_day * DAY).isoformat(), "fix_at": (START + fix_day * DAY).isoformat(),
        "window": {"start": (START + symptom_day * DAY).isoformat(), "end": end.isoformat()}, "bin_minutes": 1440,
    }  # fmt: skip
    (folder / "case.json").write_text(json.dumps(case | told), "utf-8")
    complaints(treated, control).write_parquet(folder / "complaints.parquet")
    return folder


def complaints(treated: list[int], control: list[int]) -> pl.DataFrame:
    """One row per complaint, in time order."""
    rows = [
        {"occurred_at": START + day * DAY + n * DAY / (count + 1), "customer_id": f"c{day}-{n}", "treated": group, "control": not group}
        for group, counts in ((True, treated), (False, control))
        for day, count in enumerate(counts)
        for n in range(count)
    ]
    return pl.DataFrame(rows).cast({"occurred_at": pl.Datetime("us", "UTC")}).sort("occurred_at")
