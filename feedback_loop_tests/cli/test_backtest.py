"""`backtest`: what it refuses, what it shows, and that a home stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.defs.made_up_feedback import day
from feedback_loop_tests.workflows.made_up_history import CHANGE, SPIKE, landed

DAYS = ("--from", day(SPIKE - 1), "--to", day(SPIKE))
FILLED = ("bronze_feedback_record", "bronze_release", "context_change", "context_incident", "context_document", "context_telemetry")


@pytest.fixture
def lived(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a past, and vectors of spelling."""
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    past, store = landed(), open_store(Settings(home=home))
    for name in FILLED:
        store.append(TABLES[name], past.read(TABLES[name]))
    return home


def files_of(home: Path) -> set[str]:
    """Every file of tables and decisions; the cache of vectors may grow."""
    return {str(file) for folder in ("tables", "state", "audit") for file in (home / folder).rglob("*")}


def test_it_shows_what_would_have_been_proposed_and_leaves_the_home_as_it_was(lived: Path, call: Call) -> None:
    before = files_of(lived)
    outcome = call("backtest", *DAYS)
    assert outcome.code == 0, outcome.err
    assert f"roll_back_release of {CHANGE}" in outcome.out
    assert "approved by people" in outcome.out
    assert "nothing was stored or carried out" in outcome.out
    assert files_of(lived) == before


def test_programs_read_the_same_as_json(lived: Path, call: Call) -> None:
    told = json.loads(call("backtest", *DAYS, "--json").out)
    rollback = next(row for row in told if row["playbook_id"] == "release-rollback")
    assert (rollback["day"], rollback["action_target"], rollback["approvals_required_count"]) == (str(day(SPIKE)), CHANGE, 2)
    assert {row["is_executable"] for row in told} == {False}


def test_days_without_an_alert_propose_nothing(lived: Path, call: Call) -> None:
    quiet = ("--from", day(SPIKE - 1), "--to", day(SPIKE - 1))
    assert call("backtest", *quiet).out.endswith("no proposal\n")
    assert json.loads(call("backtest", *quiet, "--json").out) == []


def test_a_history_by_event_is_asked_for_by_name(lived: Path, call: Call) -> None:
    assert call("backtest", *DAYS, "--by", "event").code == 0
    outcome = call("backtest", *DAYS, "--by", "magic")
    assert outcome.code == 2
    assert "landed, event" in outcome.error


def test_playbooks_come_from_a_folder_that_holds_some(lived: Path, call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "tried"
    folder.mkdir()
    empty = call("backtest", *DAYS, "--playbooks", folder)
    assert (empty.code, "holds no playbook" in empty.error) == (2, True)
    (folder / "mine.yaml").write_text("playbook_id: mine\n", encoding="utf-8")
    broken = call("backtest", *DAYS, "--playbooks", folder)
    assert (broken.code, "mine" in broken.error) == (2, True)
    (folder / "mine.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in call("backtest", *DAYS, "--playbooks", folder).error


def test_without_any_data_it_says_what_to_do(call: Call) -> None:
    outcome = call("backtest")
    assert outcome.code == 1
    assert "ingest" in outcome.error


def test_days_before_anything_had_landed_are_refused_with_the_way_out(lived: Path, call: Call) -> None:
    outcome = call("backtest", "--from", day(-9), "--to", day(-8))
    assert outcome.code == 1
    assert "--by event" in outcome.error
