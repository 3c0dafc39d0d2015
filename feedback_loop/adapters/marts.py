"""The marts as readers see them: publishing what dbt built, and running one read-only statement over it.

dbt works in a build file that it locks; readers open the published file, which is only ever replaced whole, so that one who has it open
keeps reading the old one. What the marts hold is in `dbt_project/`; ranked issues are read in `issue_reader`.
A reader never opens the published file by name as a database of its own: DuckDB keeps one instance per path and process, and would go
on showing the replaced file. It is attached to a fresh in-memory database instead.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from feedback_loop.adapters.whole_files import written_whole
from feedback_loop.errors import NothingLanded, QueryRefused

if TYPE_CHECKING:
    from feedback_loop.contracts.tables import Table

DEFAULT_TIMEOUT_SECONDS = 30.0
MEMORY_LIMIT = "1GB"

_Config = dict[str, str | bool | int | float | list[str]]
_OFFLINE: _Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_READER: _Config = _OFFLINE | {"python_enable_replacements": "false", "memory_limit": MEMORY_LIMIT, "threads": "2", "temp_directory": ""}
_ABOUT_THE_STATEMENT = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException, duckdb.PermissionException)
"""Errors whose message quotes the statement only; those that arise from rows may quote what a customer wrote."""


class QueryResult(NamedTuple):
    """Rows in the order of the columns; `is_truncated` where the limit cut some off."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_truncated: bool


def publish(build_file: Path, marts_file: Path) -> dict[str, int]:
    """The rows of each mart in the file that readers see from now on; a reader that has the old one open keeps it.

    Raises NothingLanded where the build lacks a mart; the published file then stays as it was.
    """
    marts_file.parent.mkdir(parents=True, exist_ok=True)
    with _only_publisher(marts_file), written_whole(marts_file) as draft:
        log = draft.with_name(draft.name + ".wal")
        log.unlink(missing_ok=True)  # what a killed publisher left would be played into this draft
        try:
            return _copy_marts(build_file, draft)
        finally:
            log.unlink(missing_ok=True)


def query(
    sql: str,
    marts_file: Path,
    limit: int | None = None,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
) -> QueryResult:
    """The rows of one SELECT over the marts; raises QueryRefused for anything else, and NothingLanded where there are no marts yet."""
    with open_marts(marts_file) as connection, _stopped_after(connection, timeout_seconds):
        return _fetched(connection, _only_select(connection, sql), limit)


@contextmanager
def open_marts(marts_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can read the marts and nothing else: no file, no network, no extension, no Python object, no setting."""
    if not marts_file.is_file():
        raise NothingLanded("no marts yet", "Run `feedback-loop run --from DAY --to DAY` first.")
    connection = duckdb.connect(":memory:", config=_READER)
    try:
        _attach(connection, marts_file, "marts")
        connection.execute("use marts")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object]) -> list[dict[str, Any]]:
    """The rows as dictionaries; for statements of this package, whose parameters are bound and never part of the text."""
    cursor = connection.execute(sql, list(parameters))
    names = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _only_select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(_in_one_line(error)) from None
    if len(statements) != 1:
        raise QueryRefused(f"{len(statements)} statements given; give exactly one SELECT.")
    if statements[0].type is not duckdb.StatementType.SELECT:
        kind = statements[0].type.name
        raise QueryRefused(f"{kind} is not allowed: the marts are read-only. Give one SELECT (DESCRIBE and SUMMARIZE work too).")
    return statements[0]


def _fetched(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement, limit: int | None) -> QueryResult:
    try:
        cursor = connection.execute(statement)
        columns = tuple(str(column[0]) for column in cursor.description or [])
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    except duckdb.Error as error:
        # `from None`: the original would carry its message, and perhaps a customer's words, into a traceback.
        raise QueryRefused(_in_one_line(error)) from None
    return QueryResult(columns, rows[:limit], limit is not None and len(rows) > limit)


@contextmanager
def _stopped_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _in_one_line(error: duckdb.Error) -> str:
    if isinstance(error, duckdb.InterruptException):
        return "the query ran too long and was stopped. Narrow its days, or aggregate less at once."
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"the query needs more than {MEMORY_LIMIT} of memory. Narrow its days, or select fewer columns."
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["unknown error"]
    if not isinstance(error, _ABOUT_THE_STATEMENT):
        return f"{lines[0].split(':')[0]} while the query ran: a value or function in it can't be used like that. Try TRY_CAST."
    hints = [line for line in lines[1:2] if line.startswith(("Candidate", "Did you mean"))]
    return ". ".join([lines[0].rstrip(".!"), *hints])


def _copy_marts(build_file: Path, draft: Path) -> dict[str, int]:
    # Imported here: the contracts need pyarrow, whose import would cost every reader a third of a second.
    from feedback_loop.contracts.tables import marts

    with duckdb.connect(str(draft), config=_OFFLINE) as connection:
        if build_file.is_file():
            _attach(connection, build_file, "build")
        built = {name for (name,) in connection.execute("select table_name from duckdb_tables() where database_name = 'build'").fetchall()}
        missing = [table.name for table in marts() if table.name not in built]
        if missing:
            raise NothingLanded(f"{', '.join(missing)} not built", "Run `dbt build` (or `feedback-loop run`) and publish again.")
        connection.begin()  # one commit instead of one per statement, each of which would wait for the disk
        rows = {table.name: _copy(connection, table) for table in marts()}
        connection.commit()
        return rows


def _copy(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    columns = ", ".join(table.columns)
    # Ordered by the key: the same rows make the same table, and ranges of days are skipped when read.
    connection.execute(f"create table {table.name} as select {columns} from build.{table.name} order by {', '.join(table.key)}")  # noqa: S608
    connection.execute(f"comment on table {table.name} is {_quoted(f'one row: {table.grain}')}")
    for field in table.fields:
        connection.execute(f"comment on column {table.name}.{field.name} is {_quoted(field.meaning)}")
    found = connection.execute(f"select count(*) from {table.name}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    try:
        connection.execute(f"attach {_quoted(str(file.resolve()))} as {name} (read_only)")
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as error:
        raise NothingLanded(f"{file.name} is damaged", "`feedback-loop run` makes it anew from the tables.") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def _only_publisher(marts_file: Path) -> Iterator[None]:
    """Waits for another publisher; the kernel frees the lock of one that was killed."""
    with marts_file.with_name(f".{marts_file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
