"""The address of the state database, read: which driver speaks to it, with which settings, and how it is named in messages.

Here: SQLite and PostgreSQL told apart, and what a connection to PostgreSQL is given. Opening one is `engine.py`. The rule that is easy to
break: an address may hold a password, in its middle or among its parameters, so no message quotes it, not even the part that is wrong.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from feedback_loop.errors import BadInput

SQLITE, POSTGRESQL = "sqlite", "postgresql"
WAIT_SECONDS = 60
"""How long a writer waits for another: every change is short, so that longer means that one hangs."""

_DRIVERS = {"sqlite": "sqlite", "sqlite+pysqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_CONNECT_SECONDS = 10
_ADVICE = "Name sqlite:///path/to/file or postgresql://user:password@host/database in FEEDBACK_LOOP_STATE_URL, or leave it empty."

_SESSION = {
    # A reader that waited for the lock has to see what its holder committed.
    "default_transaction_isolation": "read\\ committed",
    # The anchor is written after the commit; a commit that a crash of the server takes back would leave it ahead of its chain.
    "synchronous_commit": "on",
    "lock_timeout": f"{WAIT_SECONDS}s",
    "statement_timeout": f"{2 * WAIT_SECONDS}s",
    # Shorter than others wait: a process that was stopped in the middle of a change loses its turn, and nothing of it was written.
    "idle_in_transaction_session_timeout": f"{WAIT_SECONDS - 10}s",
}


def read_address(url: str) -> sa.URL:
    """The address with the driver that speaks to it; raises BadInput where it is none of a database that is known here."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise BadInput(f"the address of the state database can't be read. {_ADVICE}") from None
    if parsed.drivername == "postgresql+psycopg":
        return parsed
    if parsed.drivername not in _DRIVERS:
        raise BadInput(f"the state is kept in SQLite or PostgreSQL, in nothing else. {_ADVICE}")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def shown(address: sa.URL) -> str:
    """The address as messages name it: without user, password and parameters."""
    if address.get_backend_name() == SQLITE:
        return address.database or "a database in memory"
    host = address.host or address.query.get("host") or "this machine"
    return f"{host if isinstance(host, str) else ', '.join(host)}/{address.database or ''}"


def session_settings(address: sa.URL, *, is_read_only: bool = False) -> dict[str, Any]:
    """What a connection to PostgreSQL is opened with; what the address says itself goes before."""
    session = {**_SESSION, **({"default_transaction_read_only": "on"} if is_read_only else {})}
    said = address.query.get("options", "")
    options = " ".join([*(f"-c {name}={value}" for name, value in session.items()), said if isinstance(said, str) else " ".join(said)])
    given = {"connect_timeout": _CONNECT_SECONDS, "application_name": "feedback_loop", "client_encoding": "utf8"}
    return {**{name: value for name, value in given.items() if name not in address.query}, "options": options.strip()}
