"""A database that can't be used is told in one line that names the place and the reason, never the password."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import psycopg
import pytest

from feedback_loop.adapters.state_store.engine import open_engine
from feedback_loop.adapters.state_store.failures import why_not
from feedback_loop.errors import StateUnavailable
from feedback_loop_tests.postgres_server import PASSWORD, Cluster


def told(url: str) -> str:
    with pytest.raises(StateUnavailable) as refused:
        open_engine(url)
    assert "hunter2" not in str(refused.value.__cause__)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.fixture
def silent_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("user", ["feedback_loop", "who_is_this"])
def test_a_wrong_password_and_a_wrong_user_are_told_alike(postgres: Cluster, user: str) -> None:
    line = told(postgres.url("postgres", "hunter2", user))
    assert line.startswith("127.0.0.1/postgres: the state database can't be used (it refuses the password or the user).")
    assert "hunter2" not in line


def test_a_missing_database_is_told(postgres: Cluster) -> None:
    line = told(postgres.url("nowhere"))
    assert line.startswith("127.0.0.1/nowhere: the state database can't be used (the server has no such database).")
    assert PASSWORD not in line


def test_a_server_that_is_not_there_is_told(silent_port: int) -> None:
    line = told(f"postgresql://ann:hunter2@127.0.0.1:{silent_port}/loop")
    assert "nobody answers there" in line
    assert "hunter2" not in line


def test_a_parameter_that_no_driver_knows_is_told(postgres: Cluster) -> None:
    assert "a parameter that is not understood" in told(f"{postgres.url('postgres')}?nonsense=hunter2")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_text("no database, whatever its name says" * 100, encoding="utf-8")
    assert "it is no database of SQLite" in told(f"sqlite:///{tmp_path / 'state.sqlite'}")


def test_a_breach_of_a_rule_is_an_error_of_its_own() -> None:
    assert why_not(psycopg.errors.UniqueViolation()) is None
    assert why_not(psycopg.errors.RaiseException()) is None
    assert why_not(sqlite3.IntegrityError("unique")) is None
    assert why_not(ValueError()) is None
    assert why_not(psycopg.errors.DiskFull()) == "its disk is full"
