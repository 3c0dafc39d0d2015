"""`quality`: a line for each finding with what to do, JSON for programs, and exit code 1 for what makes figures wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.landed_history import RECORDS, TODAY, Row, day_rows, usual_rows


def land(home: Path, rows: list[Row]) -> None:
    settings = load_settings(home)
    DeltaTableStore(settings.tables_folder, settings.locks_folder).append(RECORDS, frame_of(RECORDS, *rows))


@pytest.fixture
def usual(home: Path) -> Path:
    land(home, usual_rows())
    return home


def test_a_usual_week_has_nothing_to_tell(call: Call, usual: Path) -> None:
    land(usual, list(day_rows(TODAY)))
    outcome = call("quality", "--to", TODAY)
    assert outcome.code == 0
    assert outcome.out == f"2026-03-02..{TODAY}: nothing differs from its own past.\n"


def test_a_warning_is_told_with_what_to_do_and_fails_nothing(call: Call, usual: Path) -> None:
    land(usual, [row for n, row in enumerate(day_rows(TODAY)) if n % 8 == 0])
    outcome = call("quality", "--from", TODAY, "--to", TODAY)
    assert outcome.code == 0
    assert outcome.out.startswith(f"warn   {TODAY}  volume             desk for Lumen has 5 records")
    assert outcome.out.endswith(f"{TODAY}: 1 finding(s).\n")


def test_what_makes_figures_wrong_fails(call: Call, usual: Path) -> None:
    land(usual, list(day_rows(TODAY, customer_id=None)))
    outcome = call("quality", "--json")
    assert outcome.code == 1
    [finding] = json.loads(outcome.out)
    assert (finding["check"], finding["level"], finding["subject"]) == ("missing_ids", "error", "customer_id")
    assert outcome.err == ""


def test_an_empty_home_is_refused_and_stays_empty(call: Call, home: Path) -> None:
    outcome = call("quality")
    assert outcome.code == 1
    assert "nothing has landed yet" in outcome.error
    assert not home.exists()


def test_a_day_to_come_is_bad_input(call: Call, usual: Path) -> None:
    outcome = call("quality", "--to", "2999-01-01")
    assert outcome.code == 2
    assert "lies in the future" in outcome.error
