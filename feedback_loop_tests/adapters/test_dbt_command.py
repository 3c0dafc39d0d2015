"""dbt is told absolute paths, and a failed build names the tests that failed and no row."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER, build, dbt_environment, dbt_target, dbt_variables, start_afresh
from feedback_loop.config import Settings
from feedback_loop.errors import StageFailed
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames, write_home


def test_every_path_is_absolute_and_what_dbt_writes_stays_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    environment = dbt_environment(Settings(home=Path("relative")))
    assert environment["FEEDBACK_LOOP_HOME"] == str(tmp_path / "relative")
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        assert Path(environment[name]).is_relative_to(tmp_path / "relative")
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"


def test_an_earlier_build_is_removed_with_its_log(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.build_file.parent.mkdir()
    log = settings.build_file.with_name("marts.duckdb.wal")
    for file in (settings.build_file, log):
        file.write_bytes(b"half a build")
    start_afresh(settings)
    start_afresh(settings)
    assert not settings.build_file.exists()
    assert not log.exists()


def test_a_build_on_missing_tables_fails_only_for_what_is_wrong_and_names_it(tmp_path: Path) -> None:
    """Gold speaks of fragments that silver lacks; all other tables do not exist yet, and their models and tests pass on no rows."""
    frames = made_up_frames(day_count=2)
    gold = frames["gold_issue"].with_columns(alert_ids=pl.lit([], dtype=pl.List(pl.String)))
    write_home(tmp_path, {"gold_issue": gold, "gold_issue_impact": frames["gold_issue_impact"]})
    before = sorted(file.name for file in PROJECT_FOLDER.iterdir())
    with pytest.raises(StageFailed) as failure:
        build(Settings(home=tmp_path))
    named = str(failure.value).removeprefix("dbt build failed: ").split(". What", maxsplit=1)[0]
    assert sorted(name.split(" ")[1] for name in named.split(", ")) == [
        "issue_daily_counts_every_fragment_of_gold",
        "ledger_totals_equal_the_daily_ones",
    ]
    assert sorted(file.name for file in PROJECT_FOLDER.iterdir()) == before


def test_the_variables_hold_for_the_block_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_HOME", "before")
    with dbt_variables(Settings(home=tmp_path)):
        assert os.environ["FEEDBACK_LOOP_HOME"] == str(tmp_path)
        assert os.environ["DBT_TARGET_PATH"] == str(dbt_target(Settings(home=tmp_path)))
    assert os.environ["FEEDBACK_LOOP_HOME"] == "before"
    assert "DBT_TARGET_PATH" not in os.environ
