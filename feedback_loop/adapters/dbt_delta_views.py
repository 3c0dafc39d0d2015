"""The dbt-duckdb plugin that shows the Delta tables of a home to dbt, as views over the files of their present snapshot.

DuckDB's own Delta extension can't be downloaded everywhere, and dbt-duckdb's delta plugin makes objects that no other process can read.
The views are made anew for each dbt run: a list of files is a snapshot, and goes stale with the next write. Raw text stays out of reach:
bronze gets no view, so no model can read it. A file that was written before a column existed has nulls there. What the models make of
the views is in `dbt_project/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import Table, dbt_sources

SOURCE_SCHEMA = "lake"

FilesOf = Callable[[Table], list[str]]


class Plugin(BasePlugin):
    """What dbt-duckdb looks for in the module that profiles.yml names."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Takes the home from the profile; dbt creates no folder, so the one of the build file is made here."""
        settings = load_settings(Path(plugin_config["home"]))
        settings.build_file.parent.mkdir(parents=True, exist_ok=True)
        self._files_of: FilesOf = DeltaTableStore(settings.tables_folder, settings.locks_folder).files

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Called by dbt once per run, before any model."""
        create_source_views(conn, self._files_of)


def create_source_views(connection: duckdb.DuckDBPyConnection, files_of: FilesOf) -> None:
    """Afterwards `lake.<table>` shows the present rows of each source table; one without files is empty, with all its columns."""
    connection.execute(f"drop schema if exists {SOURCE_SCHEMA} cascade")
    connection.execute(f"create schema {SOURCE_SCHEMA}")
    for table in dbt_sources():
        files = files_of(table)
        if not files:
            _create_empty(connection, table, table.name)
        elif _some_lack_columns(connection, table, files):
            _create_empty(connection, table, _typed(table))
            connection.execute(view_statement(table, files, some_lack_columns=True))
        else:
            connection.execute(view_statement(table, files))


def view_statement(table: Table, files: list[str], *, some_lack_columns: bool = False) -> str:
    """The statement that makes the view; columns are named one by one, in the order of the contract."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    # Without the declared type DuckDB guesses the partition's from its first values.
    options = f"hive_partitioning = true, hive_types = {{'{table.partition}': DATE}}"
    rows = f"read_parquet([{_paths(files)}], {options})"
    if some_lack_columns:
        # The empty table of all columns gives those that no file has; reading by name costs a look at every file with each query.
        by_name = f"read_parquet([{_paths(files)}], {options}, union_by_name = true)"
        rows = f"(from {SOURCE_SCHEMA}.{_typed(table)} union all by name from {by_name})"
    return f"create view {SOURCE_SCHEMA}.{table.name} as select {columns} from {rows}"  # noqa: S608


def _some_lack_columns(connection: duckdb.DuckDBPyConnection, table: Table, files: list[str]) -> bool:
    """Whether any file was written before one of the columns existed."""
    wanted = [column for column in table.columns if column != table.partition]
    by_file = f"select list(name) as names from parquet_schema([{_paths(files)}]) group by file_name"  # noqa: S608
    [(count,)] = connection.execute(f"select count(*) from ({by_file}) where not list_has_all(names, ?)", [wanted]).fetchall()  # noqa: S608
    return bool(count)


def _typed(table: Table) -> str:
    return f"_columns_of_{table.name}"


def _create_empty(connection: duckdb.DuckDBPyConnection, table: Table, name: str) -> None:
    empty = pa.schema([f.with_nullable(True) for f in table.schema]).empty_table()
    connection.register("_empty", empty)
    connection.execute(f"create table {SOURCE_SCHEMA}.{name} as select * from _empty")  # noqa: S608
    connection.unregister("_empty")


def _paths(files: list[str]) -> str:
    return ", ".join(f"'{_as_pattern(file)}'" for file in files)


def _as_pattern(file: str) -> str:
    """The path as read_parquet takes it: it reads *, ? and [ as wildcards, and a home folder may hold them."""
    return re.sub(r"([*?\[])", r"[\1]", file).replace("'", "''")
