"""Opening the database of the state store: its pragmas, its transactions, and its schema brought up to date.

A write transaction of SQLite begins immediately, so that two writers wait for each other instead of failing half-way; PostgreSQL takes one
advisory lock for the same end. The rule that is easy to break: connections are never kept, for processes fork.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.sqlite_reading import read_only_uri
from feedback_loop.adapters.state_store.schema import HEAD

WRITES = "feedback_loop_writes"
_WAIT_SECONDS = 60.0
"""How long a writer waits for another: every change is short, so that longer means that one hangs."""

_LOCK = 7_201_512_003
"""The advisory lock of this program's writers: any number that no other program of the database takes."""

_MIGRATIONS = Path(__file__).with_name("migrations")


def open_engine(url: str) -> sa.Engine:
    """The engine of an up-to-date database; the file and its folder are made where the URL names a file that is not there."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, poolclass=sa.NullPool)
        sa.event.listen(engine, "begin", _take_turns)
    else:
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(parsed, poolclass=sa.NullPool, connect_args={"timeout": _WAIT_SECONDS})
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
    _bring_up_to_date(engine)
    return engine


def open_for_looking(url: str) -> sa.Engine:
    """The engine of a database that stays as it is, byte for byte: no schema is brought up to date, no file of SQLite is made."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, poolclass=sa.NullPool)
    return sa.create_engine(f"sqlite:///{read_only_uri(Path(str(parsed.database)))}&uri=true", poolclass=sa.NullPool)


def writing(engine: sa.Engine) -> sa.Engine:
    """The engine for transactions that write."""
    return engine.execution_options(**{WRITES: True})


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _take_turns(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql" and connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _bring_up_to_date(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if found == HEAD:
                return
    # Slow to import, and needed once in the life of a database.
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(engine).begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
