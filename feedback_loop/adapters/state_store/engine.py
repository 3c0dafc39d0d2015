"""Opening the database of the state store: its pragmas, its transactions, and its schema brought up to date.

A write transaction of SQLite begins immediately, so that two writers wait for each other instead of failing half-way; PostgreSQL takes one
advisory lock for the same end, because each record of the audit chain follows on the one before. The rule that is easy to break: processes
fork, so that a connection is used by the process alone that opened it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from feedback_loop.adapters.sqlite_reading import read_only_uri
from feedback_loop.adapters.state_store.address import POSTGRESQL, SQLITE, WAIT_SECONDS, read_address, session_settings, shown
from feedback_loop.adapters.state_store.failures import telling
from feedback_loop.adapters.state_store.schema import HEAD
from feedback_loop.errors import StateUnavailable

WRITES, FLUSHES_LATER = "feedback_loop_writes", "feedback_loop_flushes_later"
_LOCK = 7_201_512_003
"""The advisory lock of this program's writers: any number that no other program of the database takes."""

_FRESH_SECONDS = 1.0
"""A connection that was used so lately is not tried before it is used again."""

_MIGRATIONS = Path(__file__).with_name("migrations")


def open_engine(url: str) -> sa.Engine:
    """The engine of an up-to-date database; the file and its folder are made where the URL names a file that is not there.

    Raises BadInput where the URL can't be understood, StateUnavailable where the database can't be used.
    """
    address = read_address(url)
    engine = _of_sqlite(address) if address.get_backend_name() == SQLITE else _of_postgresql(address)
    _bring_up_to_date(engine)
    return engine


def open_for_looking(url: str) -> sa.Engine:
    """The engine of a database that stays as it is, byte for byte: no schema is brought up to date, no file of SQLite is made."""
    address = read_address(url)
    if address.get_backend_name() != SQLITE:
        return _of_postgresql(address, is_read_only=True)
    engine = sa.create_engine(f"sqlite:///{read_only_uri(Path(str(address.database)))}&uri=true", poolclass=sa.NullPool)
    sa.event.listen(engine, "handle_error", telling(address))
    return engine


def holds_state(url: str) -> bool:
    """Whether the database has the tables of the state; asking makes none, and no file of SQLite."""
    address = read_address(url)
    if address.get_backend_name() == SQLITE and not Path(str(address.database)).exists():
        return False
    with open_for_looking(url).connect() as connection:
        return sa.inspect(connection).has_table("alembic_version")


def writing(engine: sa.Engine) -> sa.Engine:
    """The engine for transactions that write."""
    return engine.execution_options(**{WRITES: True})


@contextmanager
def changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes, and is on the disk when the block has been left; the turn of the next writer begins before that.

    A database holds its lock until a commit is on the disk, so that writers would wait for the disk one after the other. Here the commit
    comes first, then a flush, which all who wait for one share: whoever follows stands behind in the log, so what is on the disk is always
    a beginning of what happened, and nothing is told to anybody before it is there.
    """
    with engine.execution_options(**{WRITES: True, FLUSHES_LATER: True}).connect() as connection:
        is_sqlite = connection.dialect.name == SQLITE
        if is_sqlite:
            # Outside of any transaction, where alone it can be said: the log is flushed by us, and by SQLite before it is written back.
            connection.connection.driver_connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[union-attr]
        with connection.begin():
            yield connection
        if is_sqlite:
            _flush_file(Path(f"{engine.url.database}-wal"))
        else:
            _flush_server(connection)


@contextmanager
def one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only reads, in which every statement sees the same; a reader of SQLite always does."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if engine.dialect.name == POSTGRESQL else {}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _flush_file(log: Path) -> None:
    """Where there is no log any more, whoever closed the file last has written it back and flushed that."""
    with suppress(FileNotFoundError), log.open("rb") as file:
        os.fsync(file.fileno())


def _flush_server(connection: sa.Connection) -> None:
    """Commits a message to nobody: a commit that wrote something is answered when it, and all before, is on the disk."""
    with connection.execution_options(**{WRITES: False}).begin():
        connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'feedback_loop', '')")


def _of_sqlite(address: sa.URL) -> sa.Engine:
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, poolclass=sa.NullPool, connect_args={"timeout": float(WAIT_SECONDS)})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    sa.event.listen(engine, "handle_error", telling(address))
    return engine


def _of_postgresql(address: sa.URL, *, is_read_only: bool = False) -> sa.Engine:
    """One connection is kept, for opening one costs more than a change; threads that need more open their own."""
    session = session_settings(address, is_read_only=is_read_only)
    kept = {"pool_size": 1, "max_overflow": -1}
    engine = sa.create_engine(address, connect_args=session, **({"poolclass": sa.NullPool} if is_read_only else kept))
    sa.event.listen(engine, "connect", _remember_process)
    sa.event.listen(engine, "checkout", _refuse_what_is_lost)
    sa.event.listen(engine, "begin", _take_turns)
    sa.event.listen(engine, "handle_error", telling(address))
    return engine


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _remember_process(_: object, record: Any) -> None:
    record.info.update(pid=os.getpid(), used_at=time.monotonic())


def _refuse_what_is_lost(connection: Any, record: Any, proxy: Any) -> None:
    """A forked child opens a connection of its own, and leaves the parent's alone, not even closed; one that broke is opened again."""
    if record.info["pid"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None
        raise sa.exc.DisconnectionError("opened by another process")
    is_fresh = time.monotonic() - record.info["used_at"] < _FRESH_SECONDS
    record.info["used_at"] = time.monotonic()
    if is_fresh:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        raise sa.exc.DisconnectionError("broken meanwhile") from None


def _take_turns(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get(WRITES):
        lazily = ", set_config('synchronous_commit', 'off', true)" if options.get(FLUSHES_LATER) else ""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK}){lazily}")


def _bring_up_to_date(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if found == HEAD:
                return
        _require_unicode(connection)
    # Slow to import, and needed once in the life of a database.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        with writing(engine).begin() as connection:
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    except CommandError:
        raise StateUnavailable(shown(engine.url), "a newer version of this program has changed it") from None


def _require_unicode(connection: sa.Connection) -> None:
    if connection.dialect.name == SQLITE:
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise StateUnavailable(shown(connection.engine.url), f"its encoding is {encoding}, not UTF8, so that it can't hold every text")
