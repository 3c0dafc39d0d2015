"""The demo's files and the comparison with the truth."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.simulation import Simulation, truth_files
from feedback_loop.workflows.demo import START_DAY, demo_days, demo_simulation, messages_of_issues, planted_and_found, write_demo_files
from feedback_loop.workflows.ingest import land_file
from feedback_loop_tests.fakes import FakeClock, FakeTableStore


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return demo_simulation()


def test_days_are_those_that_the_company_lived_through(simulation: Simulation) -> None:
    days = demo_days(simulation)
    assert days == DayRange(START_DAY, date(2026, 3, 31))
    assert {m.occurred_at.date() for m in simulation.messages} == set(days)


def test_files_are_the_same_each_time_and_the_truth_is_not_to_be_landed(simulation: Simulation, tmp_path: Path) -> None:
    files = write_demo_files(simulation, tmp_path / "one")
    write_demo_files(simulation, tmp_path / "two")
    landed = {file.path.relative_to(tmp_path / "one").as_posix() for file in files}
    written = {p.relative_to(tmp_path / "one").as_posix() for p in (tmp_path / "one").rglob("*") if p.is_file()}
    assert written - landed == {f"truth/{name}" for name in truth_files(simulation)}
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in written)


def test_every_file_lands_without_a_row_in_quarantine(simulation: Simulation, tmp_path: Path) -> None:
    store = FakeTableStore()
    reports = [land_file(f.source, f.path, f.product, store, FakeClock()) for f in write_demo_files(simulation, tmp_path)]
    assert sum(r.landed for r in reports) == len(simulation.messages) + len(simulation.scenario.releases)
    assert [r.quarantined for r in reports] == [0] * len(reports)
    rows = store.read(TABLES["bronze_feedback_record"]).to_dicts()
    record = json.loads((tmp_path / "tickets.jsonl").read_text("utf-8").splitlines()[0])["source_record_id"]
    held = [(row["record_id"], "issue_1") for row in rows if row["source_record_id"] == record]
    assert messages_of_issues(store, [*held, ("record_of_another", "issue_2")]) == [(record, "issue_1")]


def test_perfect_issues_recover_every_planted_fault(simulation: Simulation) -> None:
    perfect = [(m.message_id, f"issue_of_{m.fault}") for m in simulation.messages if m.fault]
    faults = planted_and_found(simulation, perfect)
    assert [f.fault for f in faults] == [f.fault for f in simulation.scenario.faults]
    assert {f.recovery.f1 for f in faults} == {1.0}
    assert [(f.cause, f.innocent) for f in faults[:2]] == [
        ("release: 6.4.0", None),
        ("configuration: text-message gateway of the uk region", "6.4.1"),
    ]
    assert faults[0].first_day == date(2026, 3, 11)
