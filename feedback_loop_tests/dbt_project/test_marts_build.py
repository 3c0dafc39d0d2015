"""One dbt build over a made-up home: the marts fulfil their contracts, equal an independent count, and each data test can fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from feedback_loop.adapters.dbt_command import build
from feedback_loop.contracts.tables import TABLES, Table, marts
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames, write_home
from feedback_loop_tests.dbt_project.spoilt_marts import FURTHER, SPOIL


@dataclass(frozen=True)
class Build:
    """What one build left: its inputs, its file and the SQL of each data test as dbt ran it."""

    frames: dict[str, pl.DataFrame]
    file: Path
    tests: dict[str, str]
    summary: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    home = tmp_path_factory.mktemp("home")
    frames = made_up_frames()
    settings = write_home(home, frames)
    summary = build(settings, ("build",))
    manifest = json.loads((settings.build_file.parent / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    compiled = settings.build_file.parent / "dbt" / "compiled" / "feedback_loop"
    tests = {node["name"]: _sql_of(node, compiled) for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    return Build(frames, settings.build_file, tests, summary)


def _sql_of(node: dict[str, str], compiled: Path) -> str:
    folder = compiled / node["original_file_path"]
    return (folder if folder.is_file() else folder / node["path"]).read_text(encoding="utf-8")


@pytest.fixture
def spoilt(built: Build, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the build that a test may spoil; the sources are views over files, so the files stay as they are."""
    copy = Path(shutil.copy(built.file, tmp_path / "marts.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def mart(built: Build, name: str) -> pl.DataFrame:
    with duckdb.connect(str(built.file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        frame: pl.DataFrame = connection.sql(f"select * from {name}").pl()
    return frame


def test_every_model_data_test_and_unit_test_passes_on_good_tables(built: Build) -> None:
    assert "ERROR=0" in built.summary
    assert "WARN=0" in built.summary
    assert "SKIP=0" in built.summary


@pytest.mark.parametrize("table", marts(), ids=lambda table: table.name)
def test_a_mart_fulfils_its_contract(built: Build, table: Table) -> None:
    frame = mart(built, table.name)
    assert frame.height > 0
    assert frame.columns == list(table.columns)
    assert violations(frame, table) == []


def test_every_model_builds_where_nothing_was_ever_landed(tmp_path: Path) -> None:
    summary = build(write_home(tmp_path, {}), ("build", "--exclude", "resource_type:unit_test"))
    assert "ERROR=0" in summary
    assert "SKIP=0" in summary


def test_feedback_daily_equals_a_count_in_polars(built: Build) -> None:
    keys = list(TABLES["mart_feedback_daily"].key)
    expected = (
        built.frames["silver_message"]
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("message_count"),
            pl.col("rating").count().cast(pl.Int64).alias("rated_count"),
            (pl.col("rating") <= 2).sum().cast(pl.Int64).alias("negative_count"),
        )
    )
    assert mart(built, "mart_feedback_daily").sort(keys).equals(expected.sort(keys))


def test_issue_daily_equals_a_count_in_polars(built: Build) -> None:
    keys = list(TABLES["mart_issue_daily"].key)
    members = built.frames["gold_issue"].select("issue_id", fragment_id="day_fragment_ids").explode("fragment_id").drop_nulls()
    expected = (
        members.join(built.frames["silver_fragment"], on="fragment_id")
        .join(built.frames["analysis_classification"].select("fragment_id", "complaint_class"), on="fragment_id")
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("fragment_count"),
            pl.col("record_id").n_unique().cast(pl.Int64).alias("message_count"),
        )
    )
    found = mart(built, "mart_issue_daily").drop("issue_label").sort(keys)
    assert found.equals(expected.select(found.columns).sort(keys))


def test_issue_day_equals_gold(built: Build) -> None:
    table = TABLES["mart_issue_day"]
    shown = built.frames["gold_issue_wording"].filter(pl.col("wording_withheld_reason").is_null()).drop("product")
    impact = built.frames["gold_issue_impact"].select(*table.key, "priority", "priority_reasons", "cost_of_delay_usd")
    told = built.frames["gold_issue"].join(shown, on=table.key, how="left").join(impact, on=table.key, how="left")
    assert mart(built, table.name).sort(table.key).equals(told.select(table.columns).sort(table.key))


def test_the_ledger_keeps_the_instants_of_an_issues_first_and_last_fragment(built: Build) -> None:
    expected = built.frames["gold_issue"].group_by("issue_id").agg(pl.col("first_seen_at").min(), pl.col("last_seen_at").max())
    assert mart(built, "mart_issue").select(expected.columns).sort("issue_id").equals(expected.sort("issue_id"))


def test_a_remediation_stands_where_its_proposal_and_its_latest_action_do(built: Build) -> None:
    latest = built.frames["remediation_action"].sort("queued_at").group_by("proposal_id").last()
    expected = built.frames["remediation_proposal"].join(latest, on="proposal_id", how="left", suffix="_done")
    keys = ["proposal_id", "proposal_status", "outbox_status", "receipt_id", "executed_at"]
    found = mart(built, "mart_remediation").select(keys).sort("proposal_id")
    assert found.equals(
        expected.select(pl.col("action_status").alias("outbox_status"), *(k for k in keys if k != "outbox_status"))
        .select(keys)
        .sort("proposal_id")
    )
    assert found["outbox_status"].null_count() > 0


def test_an_open_issue_is_as_urgent_as_its_latest_days_and_belongs_to_the_team_of_most_of_them(built: Build) -> None:
    members = (
        built.frames["gold_issue"].select("issue_id", "event_date", fragment_id="day_fragment_ids").explode("fragment_id").drop_nulls()
    )
    triaged = members.join(built.frames["analysis_triage"].drop("event_date"), on="fragment_id")
    found = mart(built, "mart_triage")
    for row in found.iter_rows(named=True):
        of_issue = triaged.filter(issue_id=row["issue_id"])
        latest = of_issue.filter(pl.col("event_date").is_in(of_issue["event_date"].unique().sort().tail(7).implode()))
        assert row["recent_fragment_count"] == latest.height
        assert row["urgent_fragment_count"] == latest.filter(urgency="urgent").height
        assert row["owner"] == latest["owner"].mode().sort()[0]
    resolved = mart(built, "mart_issue").filter(issue_status="resolved")["issue_id"]
    assert set(found["issue_id"]) == set(triaged["issue_id"]) - set(resolved)


def test_what_was_not_said_stays_null(built: Build) -> None:
    for name in ("mart_issue_daily", "mart_feedback_daily"):
        frame = mart(built, name)
        assert all(frame[column].null_count() > 0 for column in ("product_version", "region", "tier"))
    assert mart(built, "mart_issue_daily")["complaint_class"].null_count() > 0


def test_a_duplicate_is_a_complaint_without_an_issue(built: Build) -> None:
    complaints = mart(built, "mart_complaint")
    assert complaints.height == built.frames["silver_fragment"].height
    duplicates = complaints.filter(pl.col("duplicate_of").is_not_null())
    assert duplicates.height > 0
    assert duplicates["complaint_issue_id"].null_count() == duplicates.height


def test_an_alert_has_the_issue_that_lists_it_and_otherwise_none(built: Build) -> None:
    alerts = mart(built, "mart_alert")
    assert alerts.filter(pl.col("complaint_issue_id").is_null())["subject_kind"].unique().to_list() == ["class"]
    assert alerts.filter(pl.col("complaint_issue_id").is_not_null())["subject_kind"].unique().to_list() == ["cluster"]


@pytest.mark.parametrize("name", sorted(SPOIL))
def test_a_hand_written_test_fails_on_spoilt_marts(built: Build, spoilt: duckdb.DuckDBPyConnection, name: str) -> None:
    assert spoilt.execute(built.tests[name]).fetchall() == []
    spoilt.execute(SPOIL[name])
    assert spoilt.execute(built.tests[name]).fetchall() != []


@pytest.mark.parametrize(("name", "statement"), FURTHER)
def test_a_parity_test_compares_each_column_that_it_should(
    built: Build, spoilt: duckdb.DuckDBPyConnection, name: str, statement: str
) -> None:
    spoilt.execute(statement)
    assert spoilt.execute(built.tests[name]).fetchall() != []


@pytest.mark.parametrize("table", marts(), ids=lambda table: table.name)
def test_the_generated_tests_fail_on_a_doubled_key_a_null_and_a_foreign_word(
    built: Build, spoilt: duckdb.DuckDBPyConnection, table: Table
) -> None:
    for name, statement in _spoilt_by_rule(table):
        spoilt.execute("begin")
        assert spoilt.execute(built.tests[name]).fetchall() == []
        spoilt.execute(statement)
        assert spoilt.execute(built.tests[name]).fetchall() != [], f"{name} passes although: {statement}"
        spoilt.execute("rollback")


def _spoilt_by_rule(table: Table) -> Iterator[tuple[str, str]]:
    yield f"{table.name}_key_is_unique", f"insert into {table.name} select * from {table.name} limit 1"
    for field in table.fields:
        if not field.is_nullable:
            yield f"{table.name}_has_no_null_where_none_is_allowed", f"update {table.name} set {field.name} = null where rowid = 1"
        if field.vocabulary is not None:
            yield f"{table.name}_{field.name}_is_in_its_vocabulary", f"update {table.name} set {field.name} = 'foreign' where rowid = 1"


def test_every_data_test_of_the_project_is_proved_to_fail(built: Build) -> None:
    by_rule = {name for table in marts() for name, _ in _spoilt_by_rule(table)}
    assert set(built.tests) == by_rule | set(SPOIL)
