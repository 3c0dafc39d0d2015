"""The snapshots of the state store as tables: what was decided by the time of the run, and nothing where nothing was."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.state_store.snapshots import BEGINS
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.state_assets import SNAPSHOTS
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import days, instant

STATE = [asset.key.to_user_string() for asset in SNAPSHOTS]
NOW = instant(0, 12)


def test_home_in_which_nothing_was_decided_has_empty_snapshots_and_no_database(home: Home) -> None:
    summary = home.run(days(0, 0))
    assert summary.failed_checks == []
    assert {summary.rows[name] for name in STATE} == {0}
    assert not (home.folder / "state").exists()


def test_what_was_recorded_is_in_the_snapshot_of_the_next_run_whatever_its_days(home: Home) -> None:
    for name in STATE:
        row = valid_row(TABLES[name], event_date=NOW.date(), **{BEGINS[name]: NOW})
        assert home.state(NOW).record(TABLES[name], [row], "ada", NOW) == 1
    summary = home.run(days(5, 5))
    assert summary.failed_checks == []
    assert {name: summary.rows[name] for name in STATE} == dict.fromkeys(STATE, 1)


@pytest.mark.parametrize("asset", SNAPSHOTS, ids=STATE)
def test_a_snapshot_reads_no_table_so_that_what_flows_backwards_closes_no_circle(asset: object) -> None:
    assert list(asset.get_asset_spec().deps) == []  # type: ignore[attr-defined]
