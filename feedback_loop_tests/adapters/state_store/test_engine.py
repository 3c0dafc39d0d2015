"""Opening: made once, found again, and shared by processes that wait for each other."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedback_loop.adapters.state_store import engine as engine_module
from feedback_loop.adapters.state_store.engine import changing, holds_state, open_engine, open_for_looking, writing
from feedback_loop.adapters.state_store.schema import HEAD
from feedback_loop.errors import StateUnavailable
from feedback_loop_tests.postgres_server import PASSWORD, Cluster

OPEN_AND_ADD = """
import sys
from feedback_loop.adapters.state_store.engine import open_engine, writing
engine = open_engine(sys.argv[1])
for number in range(20):
    with writing(engine).begin() as connection:
        found = connection.exec_driver_sql("SELECT COALESCE(MAX(sequence), 0) FROM audit_content").scalar()
        connection.exec_driver_sql(f"INSERT INTO audit_content VALUES ({found + 1}, 'salt', '{{}}')")
"""


def test_a_database_is_made_with_its_folder_and_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'state.sqlite'}"
    for _ in range(2):
        with open_engine(url).connect() as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [HEAD]
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    return str(request.getfixturevalue("empty_postgres_url")) if request.param == "postgresql" else f"sqlite:///{tmp_path / 'state.sqlite'}"


def test_processes_that_open_an_empty_database_and_write_at_once_wait_for_each_other(empty_url: str) -> None:
    url = empty_url
    running = [subprocess.Popen([sys.executable, "-c", OPEN_AND_ADD, url], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    with open_engine(url).connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*), MAX(sequence) FROM audit_content").one() == (60, 60)


def test_what_fails_half_way_leaves_nothing(state_url: str) -> None:
    engine = open_engine(state_url)
    try:
        with writing(engine).begin() as connection:
            connection.exec_driver_sql("INSERT INTO audit_content VALUES (1, 'salt', '{}')")
            connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")
    except sa.exc.DBAPIError:
        pass
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM audit_content").scalar() == 0


def test_whoever_looks_changes_nothing(state_url: str) -> None:
    open_engine(state_url).dispose()
    looking = open_for_looking(state_url)
    with looking.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM audit_content").scalar() == 0
    with pytest.raises(StateUnavailable, match="only lets itself be read"), looking.begin() as connection:
        connection.exec_driver_sql("INSERT INTO audit_content VALUES (1, 'salt', '{}')")


def test_a_database_without_tables_holds_no_state_and_asking_makes_none(empty_url: str, tmp_path: Path) -> None:
    assert not holds_state(empty_url)
    assert list(tmp_path.iterdir()) == []
    open_engine(empty_url).dispose()
    assert holds_state(empty_url)


def test_a_database_that_a_newer_version_has_changed_is_left_alone(empty_url: str) -> None:
    with writing(open_engine(empty_url)).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    with pytest.raises(StateUnavailable, match="newer version"):
        open_engine(empty_url)


def test_a_database_that_can_not_hold_every_text_is_refused(postgres: Cluster) -> None:
    name = postgres.new_database(encoding="LATIN1")
    with pytest.raises(StateUnavailable, match="LATIN1"):
        open_engine(postgres.url(name))
    postgres.drop(name)


def test_after_a_fork_each_process_has_a_connection_of_its_own(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with engine.connect() as connection:
            os.write(write, str(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert int(os.read(read, 20)) != mine
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() == mine, "the child has not closed the parent's"


def test_a_connection_that_broke_meanwhile_is_opened_again(postgres: Cluster, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(postgres_url)
    monkeypatch.setattr(engine_module, "_FRESH_SECONDS", 0.0)
    name = postgres_url.rsplit("/", 1)[1]
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_writers_take_turns_and_say_so_where_one_hangs(postgres_url: str) -> None:
    one, other = open_engine(postgres_url), open_engine(f"{postgres_url}?options=-c%20lock_timeout%3D50ms")
    with writing(one).begin(), pytest.raises(StateUnavailable, match="another process has held it"):
        writing(other).connect().begin()
    with writing(other).begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_what_was_changed_is_flushed_after_the_turn_of_the_next_writer_has_begun(state_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, other, seen = open_engine(state_url), open_engine(state_url), []
    with other.connect():
        name = "_flush_file" if engine.dialect.name == "sqlite" else "_flush_server"
        flush = getattr(engine_module, name)

        def watched(given: object) -> None:
            with writing(other).begin() as connection:
                seen.append(connection.exec_driver_sql("SELECT COUNT(*) FROM audit_content").scalar())
            flush(given)

        monkeypatch.setattr(engine_module, name, watched)
        with changing(engine) as connection:
            connection.exec_driver_sql("INSERT INTO audit_content VALUES (1, 'salt', '{}')")
    assert seen == [1]


def test_a_user_of_no_special_rights_can_flush(postgres: Cluster) -> None:
    role, name = f"r{secrets.token_hex(6)}", postgres.new_database()
    postgres.run(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    postgres.run(f"ALTER DATABASE {name} OWNER TO {role}")
    engine = open_engine(postgres.url(name, user=role))
    with changing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO audit_content VALUES (1, 'salt', '{}')")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM audit_content").scalar() == 1
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    postgres.drop(name)
