"""Opening: made once, found again, and shared by processes that wait for each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from feedback_loop.adapters.state_store.engine import open_engine, writing
from feedback_loop.adapters.state_store.schema import HEAD

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


def test_processes_that_open_and_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    running = [subprocess.Popen([sys.executable, "-c", OPEN_AND_ADD, url], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    with open_engine(url).connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*), MAX(sequence) FROM audit_content").one() == (60, 60)


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'state.sqlite'}")
    try:
        with writing(engine).begin() as connection:
            connection.exec_driver_sql("INSERT INTO audit_content VALUES (1, 'salt', '{}')")
            connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")
    except sa.exc.OperationalError:
        pass
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM audit_content").scalar() == 0
