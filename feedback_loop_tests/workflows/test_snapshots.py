"""Rows of the state where there may be none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from feedback_loop.contracts.autonomy_vocab import AutonomyWord
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.autonomy import autonomy_row
from feedback_loop.workflows.snapshots import snapshot_of
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START


def test_without_a_state_there_are_no_rows_but_every_column() -> None:
    assert snapshot_of(None, "state_label").columns == list(TABLES["state_label"].columns)
    assert snapshot_of(None, "state_label").is_empty()


def test_with_one_the_rows_are_those_of_the_instant(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    state.record(TABLES["state_autonomy"], [autonomy_row("crash", AutonomyWord.STOP, "so it is", "ada", START)], "ada", START)
    assert snapshot_of(state, "state_autonomy").height == 1
    assert snapshot_of(state, "state_autonomy", START - timedelta(days=1)).is_empty()
