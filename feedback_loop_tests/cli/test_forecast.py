"""`forecast`: the peaks of the last computed day, or why none is foretold."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from feedback_loop.cli.places import open_store
from feedback_loop.config import load_settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of

DAY = date(2024, 3, 1)
PEAK = {
    "forecast_id": "f1", "product": "Lumen", "season_kind": "weekly", "forecast_class": "billing", "expected_count": 11.0,
    "expected_peak_at": datetime(2024, 3, 7, 18, tzinfo=UTC), "peak_minutes": 180.0, "lowest_count": 7.0, "highest_count": 15.0,
    "peak_ratio": 3.2, "repetition_count": 8, "p_value": 1e-9, "forecast_reason": None, "forecast_version": "1", "event_date": DAY,
}  # fmt: skip
NONE = {
    "forecast_id": "f2", "product": "Lumen", "season_kind": "monthly", "forecast_reason": "too_few_repetitions", "forecast_version": "1",
    "event_date": DAY,
}  # fmt: skip


def foretell(home: Path) -> None:
    table = TABLES["analysis_forecast"]
    open_store(load_settings(home)).replace_days(table, frame_of(table, PEAK, NONE), DayRange(DAY, DAY))


def test_it_tells_when_how_many_and_on_what_it_rests(call: Call, home: Path) -> None:
    foretell(home)
    outcome = call("forecast")
    assert outcome.code == 0
    said = " ".join(outcome.out.split())
    assert "Thu 2024-03-07 18:00 Lumen billing 11 7 and 15 3.2 8 times" in said
    assert "Lumen, monthly: too few repetitions were seen to tell (as of 2024-03-01)." in said


def test_json_and_product(call: Call, home: Path) -> None:
    foretell(home)
    assert [row["forecast_id"] for row in json.loads(call("forecast", "--json").out)] == ["f1", "f2"]
    assert json.loads(call("forecast", "--product", "other", "--json").out) == []
    assert call("forecast", "--product", "other").out == "Nothing is foretold of other. Known are: Lumen.\n"


def test_without_a_forecast_it_says_what_to_do(call: Call) -> None:
    outcome = call("forecast")
    assert outcome.code == 1
    assert "feedback-loop run" in outcome.error
