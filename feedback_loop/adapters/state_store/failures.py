"""What a database can't do, as one line of ours: unreachable, closed to this user, missing, full, or held by somebody else.

The rule that is easy to break: the words of the driver and of the server are never passed on, for they may quote an address, a statement
or a value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import psycopg
import sqlalchemy as sa

from feedback_loop.adapters.state_store.address import WAIT_SECONDS, shown
from feedback_loop.errors import StateUnavailable

_BY_CODE = {
    "28P01": "it refuses the password or the user",
    "28000": "it refuses the password or the user",
    "3D000": "the server has no such database",
    "42501": "this user may not do this in it",
    "53100": "its disk is full",
    "53300": "it has too many connections",
    "55P03": f"another process has held it for {WAIT_SECONDS} seconds",
    "57014": "it took too long",
    "57P01": "the server is being shut down",
    "57P03": "the server is starting or stopping",
    "25006": "it only lets itself be read",
    "25P03": "this process was stopped in the middle of a change, which was taken back",
    "40P01": "two changes waited for each other, and this one was taken back",
}
"""What SQLSTATE means to whoever has to mend it; a breach of a rule (class 23, or one of our triggers) is none of these."""

_BY_WORDS = (
    (("password", "authentication", "pg_hba", "role "), "28P01"),
    (("too many", "remaining connection slots"), "53300"),
    (("starting up", "shutting down"), "57P03"),
    (("does not exist",), "3D000"),
)
"""A connection that is refused has no SQLSTATE; where a server speaks another language, it counts as unreachable."""

_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: f"another process has held it for {WAIT_SECONDS} seconds",
    sqlite3.SQLITE_CANTOPEN: "this user can't open it",
    sqlite3.SQLITE_READONLY: "it only lets itself be read",
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_IOERR: "its disk fails",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is no database of SQLite",
}


def telling(address: sa.URL) -> Callable[[sa.engine.ExceptionContext], None]:
    """A listener for errors that raises StateUnavailable in the place of those that are no fault of this program."""

    def tell(context: sa.engine.ExceptionContext) -> None:
        # A kept connection that broke meanwhile is no failure: it is opened again.
        why = None if context.is_pre_ping else why_not(context.original_exception)
        if why is not None:
            raise StateUnavailable(shown(address), why) from None

    return tell


def why_not(error: BaseException) -> str | None:
    """Why the database can't be used, None where the error is another."""
    if isinstance(error, psycopg.Error):
        return _of_postgresql(error)
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _OF_SQLITE.get(code & 0xFF)


def _of_postgresql(error: psycopg.Error) -> str | None:
    if error.sqlstate is not None:
        return "the connection broke" if error.sqlstate.startswith("08") else _BY_CODE.get(error.sqlstate)
    if isinstance(error, psycopg.OperationalError):
        said = str(error)
        code = next((code for words, code in _BY_WORDS if any(word in said for word in words)), None)
        return "nobody answers there, or the connection broke" if code is None else _BY_CODE[code]
    return "its address has a parameter that is not understood" if isinstance(error, psycopg.ProgrammingError) else None
