"""`demo`: what it lands, says and compares. The assets themselves run in the test of `run`; here a stand-in publishes marts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.adapters.marts import publish
from feedback_loop.cli import demo as demo_module
from feedback_loop.cli.run import Done
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.demo import demo_days, demo_simulation
from feedback_loop_tests.adapters.built_marts import build_file_of, complaint_row, daily_row, ledger_row
from feedback_loop_tests.cli.conftest import Call

FAULT = "codes_late_in_uk"


class FakeRun:
    """Puts all messages of one planted fault into one issue."""

    def __init__(self) -> None:
        self.days: list[DayRange] = []
        self.failed_checks: list[str] = []

    def __call__(self, settings: Settings, days: DayRange) -> Done:
        from feedback_loop.cli.places import open_store
        from feedback_loop.defs.drive import RunSummary

        self.days.append(days)
        landed = open_store(settings).read(TABLES["bronze_feedback_record"], columns=["record_id", "source_record_id"])
        planted = {message.message_id for message in demo_simulation().messages if message.fault == FAULT}
        held = [record for record, message in landed.iter_rows() if message in planted]
        rows = {
            "mart_issue": [ledger_row("issue_1", product="Printwren")],
            "mart_issue_daily": [daily_row("issue_1", days.first, len(held), product="Printwren")],
            "mart_complaint": [complaint_row(f"f_{r}", "issue_1", "no code", record_id=r, product="Printwren") for r in held],
        }
        publish(build_file_of(settings.home / "build", rows), settings.marts_file)
        return Done(RunSummary(days, {"mart_issue": 1}, {}, {"marts": 1.0}, self.failed_checks), 1.0)


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    fake = FakeRun()
    monkeypatch.setattr(demo_module, "run_days", fake)
    return fake


def test_the_simulated_days_are_landed_run_and_compared(call: Call, home: Path, fake_run: FakeRun) -> None:
    outcome = call("demo")
    assert (outcome.code, outcome.err) == (0, "")
    assert fake_run.days == [demo_days(demo_simulation())]
    assert "is made up" in outcome.out
    assert "holds 100% of them, they make 100% of it" in outcome.out
    assert "make dev" in outcome.out
    assert (home / "demo" / "reviews.csv").is_file()


def test_the_second_time_adds_nothing_and_says_so(call: Call, fake_run: FakeRun) -> None:
    first = json.loads(call("demo", "--json").out)
    second = json.loads(call("demo", "--json").out)
    assert first["landed"]["duplicates"] == second["landed"]["landed"] == 0
    assert first["landed"]["landed"] == second["landed"]["duplicates"] > 3000
    assert first["planted_faults"] == second["planted_faults"]
    assert "Nothing is new" in call("demo").out


def test_the_files_can_be_written_elsewhere(call: Call, home: Path, tmp_path: Path, fake_run: FakeRun) -> None:
    assert call("demo", "--folder", tmp_path / "files").code == 0
    assert (tmp_path / "files" / "tickets.jsonl").is_file()
    assert not (home / "demo").exists()


def test_a_failed_check_ends_with_one(call: Call, fake_run: FakeRun) -> None:
    fake_run.failed_checks = ["silver_fragment.no_personal_data_survives"]
    outcome = call("demo")
    assert outcome.code == 1
    assert "no_personal_data_survives" in outcome.error
