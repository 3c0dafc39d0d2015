"""Case folders for `try diagnose`, written from made-up complaints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop_tests.methods.diagnosis.made_up_window import DIMENSIONS, WINDOW, MadeUp, at_hour


def write_diagnose_case(folder: Path, told: MadeUp, window: Window = WINDOW, changed: Mapping[str, object] | None = None) -> Path:
    """The folder, with one change for customers on the web at half past three."""
    folder.mkdir(parents=True)
    spans = {"history": (window.first, window.start), "window": (window.start, window.end)}
    case: dict[str, object] = {name: {"start": _iso(start), "end": _iso(end)} for name, (start, end) in spans.items()}
    case |= {"case_id": folder.name, "task": "diagnose", "dimensions": DIMENSIONS, "bin_minutes": 15}
    (folder / "case.json").write_text(json.dumps(case | dict(changed or {})), encoding="utf-8")
    told.frame.write_parquet(folder / "complaints.parquet")
    started = datetime.fromtimestamp(at_hour(3.5) / 1e6, UTC)
    row = {"change_id": "chg-1", "kind": "deploy", "started_at": started, "ended_at": None, "scope": '{"os": ["web"]}', "description": "x"}
    schema_overrides = {"started_at": pl.Datetime("us", "UTC"), "ended_at": pl.Datetime("us", "UTC")}
    pl.DataFrame([row], schema_overrides=schema_overrides).write_parquet(folder / "changes.parquet")
    return folder


def _iso(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat()
