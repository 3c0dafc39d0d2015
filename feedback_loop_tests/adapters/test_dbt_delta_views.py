"""dbt sees the present rows of each Delta table that it may read, and an empty table where there is none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from feedback_loop.adapters.dbt_delta_views import Plugin, create_source_views, view_statement
from feedback_loop.contracts.tables import TABLES, dbt_sources, python_tables
from feedback_loop_tests.dbt_project.made_up_home import FIRST_DAY, frame_of, made_up_frames, write_home


def connection_of(home: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    connection.execute("set TimeZone = 'UTC'")  # as profiles.yml does
    Plugin("views", {"home": str(home)}).configure_connection(connection)
    return connection


def count_of(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    return int(connection.sql(f"select count(*) from lake.{what}").fetchall()[0][0])


def test_a_view_shows_every_row_with_the_columns_and_types_of_the_contract(tmp_path: Path) -> None:
    frames = made_up_frames(day_count=4)
    write_home(tmp_path, frames)
    with connection_of(tmp_path) as connection:
        for name, frame in frames.items():
            found = connection.sql(f"select * from lake.{name}").pl().select(frame.columns)
            assert found.sort(TABLES[name].key).equals(frame.sort(TABLES[name].key))
            assert connection.sql(f"select * from lake.{name}").columns == list(TABLES[name].columns)


def test_a_table_that_does_not_exist_is_empty_with_all_its_columns(tmp_path: Path) -> None:
    with connection_of(tmp_path / "fresh") as connection:
        for table in dbt_sources():
            found = connection.sql(f"select * from lake.{table.name}").pl()
            assert found.height == 0
            assert found.schema == frame_of(table, []).schema


def test_a_table_without_rows_is_empty_with_all_its_columns(tmp_path: Path) -> None:
    settings = write_home(tmp_path, {"silver_message": frame_of(TABLES["silver_message"], [])})
    with connection_of(settings.home) as connection:
        assert connection.sql("select event_date from lake.silver_message").fetchall() == []


def test_the_views_follow_the_snapshot_when_they_are_made_again(tmp_path: Path) -> None:
    write_home(tmp_path, {"silver_message": made_up_frames(day_count=3)["silver_message"]})
    with connection_of(tmp_path) as connection:
        write_home(tmp_path, {"silver_message": made_up_frames(day_count=1)["silver_message"]})
        Plugin("views", {"home": str(tmp_path)}).configure_connection(connection)
        assert connection.sql("select distinct event_date from lake.silver_message").fetchall() == [(FIRST_DAY,)]


def test_a_table_that_gets_its_first_rows_changes_from_empty_to_filled(tmp_path: Path) -> None:
    with connection_of(tmp_path) as connection:
        write_home(tmp_path, {"silver_message": made_up_frames(day_count=1)["silver_message"]})
        Plugin("views", {"home": str(tmp_path)}).configure_connection(connection)
        assert count_of(connection, "silver_message") == 12


@pytest.mark.parametrize("name", ["with blank", "it's", "a[b]c", "what?*", "ümlaut %20"])
def test_the_path_of_a_file_may_hold_any_character(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "event_date=2024-01-02" / "part.parquet"
    file.parent.mkdir(parents=True)
    made_up_frames(day_count=1)["silver_message"].drop("event_date").write_parquet(file)
    with duckdb.connect(":memory:") as connection:
        create_source_views(connection, lambda table: [str(file)] if table.name == "silver_message" else [])
        assert count_of(connection, "silver_message where event_date = '2024-01-02'") == 12


def test_raw_text_is_out_of_reach(tmp_path: Path) -> None:
    assert {t.name for t in dbt_sources()} == {t.name for t in python_tables() if not t.name.startswith("bronze_")}
    raw = {field.name for table in dbt_sources() for field in table.fields if field.personal == "raw"}
    assert raw == set()
    with connection_of(tmp_path) as connection, pytest.raises(duckdb.CatalogException):
        connection.sql("select * from lake.bronze_feedback_record")


def test_the_partition_is_a_date_even_where_its_folders_look_like_numbers(tmp_path: Path) -> None:
    file = tmp_path / "event_date=20240102" / "part.parquet"
    file.parent.mkdir()
    made_up_frames(day_count=1)["silver_message"].drop("event_date").write_parquet(file)
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema lake")
        connection.execute(view_statement(TABLES["silver_message"], [str(file)]))
        described = connection.sql("describe lake.silver_message").fetchall()
    assert {row[0]: row[1] for row in described}["event_date"] == "DATE"


def test_views_read_from_whatever_store_names_the_files() -> None:
    with duckdb.connect(":memory:") as connection:
        create_source_views(connection, lambda table: [])
        found = connection.sql("select table_name from duckdb_tables() where schema_name = 'lake'").fetchall()
    assert {name for (name,) in found} == {t.name for t in dbt_sources()}


@pytest.mark.parametrize("all_are_old", [True, False], ids=["all files", "some files"])
def test_files_from_before_a_column_existed_have_nulls_there(tmp_path: Path, all_are_old: bool) -> None:
    message = TABLES["silver_message"]
    rows = made_up_frames(day_count=1)["silver_message"].drop("event_date").with_columns(browser=pl.lit("Safari 18"))
    files = [tmp_path / f"event_date=2024-01-0{number}" / "part.parquet" for number in (1, 2)]
    for file, frame in zip(files, (rows.drop("browser"), rows.drop("browser") if all_are_old else rows), strict=True):
        file.parent.mkdir()
        frame.write_parquet(file)
    with duckdb.connect(":memory:") as connection:
        create_source_views(connection, lambda table: [str(file) for file in files] if table is message else [])
        assert connection.sql("select * from lake.silver_message").columns == list(message.columns)
        found = connection.sql(
            "select event_date::varchar, browser, count(*) from lake.silver_message group by all order by all"
        ).fetchall()
    assert found == [("2024-01-01", None, 12), ("2024-01-02", None if all_are_old else "Safari 18", 12)]
