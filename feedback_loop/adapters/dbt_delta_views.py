"""The dbt-duckdb plugin that shows the Delta tables of a home to dbt, as views over the files of their present snapshot.

DuckDB's own Delta extension can't be downloaded everywhere, and dbt-duckdb's delta plugin makes objects that no other process can read.
The views are made anew for each dbt run: a list of files is a snapshot, and goes stale with the next write. Raw text stays out of reach:
bronze gets no view, so no model can read it. What the models make of the views is in `dbt_project/`.
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
        if files:
            connection.execute(view_statement(table, files))
        else:
            _create_empty(connection, table)


def view_statement(table: Table, files: list[str]) -> str:
    """The statement that makes the view; columns are named one by one, in the order of the contract."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    paths = ", ".join(f"'{_as_pattern(file)}'" for file in files)
    # Without the declared type DuckDB guesses the partition's from its first values.
    options = f"hive_partitioning = true, hive_types = {{'{table.partition}': DATE}}"
    return f"create view {SOURCE_SCHEMA}.{table.name} as select {columns} from read_parquet([{paths}], {options})"  # noqa: S608


def _create_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    empty = pa.schema([f.with_nullable(True) for f in table.schema]).empty_table()
    connection.register("_empty", empty)
    connection.execute(f"create table {SOURCE_SCHEMA}.{table.name} as select * from _empty")  # noqa: S608
    connection.unregister("_empty")


def _as_pattern(file: str) -> str:
    """The path as read_parquet takes it: it reads *, ? and [ as wildcards, and a home folder may hold them."""
    return re.sub(r"([*?\[])", r"[\1]", file).replace("'", "''")
