"""A state store in a folder of its own, whose salts are counted, so that the same steps seal the same chain; on each database."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedback_loop.adapters.state_store.address import read_address
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop_tests.fakes import FakeClock


def open_state(folder: Path, clock: FakeClock | None = None, url: str | None = None) -> SqlStateStore:
    salts = count()
    url = url or f"sqlite:///{folder / 'state' / 'state.sqlite'}"
    return SqlStateStore(url, AnchorFile(folder / "anchor.jsonl"), clock or FakeClock(), lambda: f"salt{next(salts)}")


def spoil(url: str, *statements: str, triggers: tuple[str, ...] = ()) -> None:
    """Runs the statements behind the store's back, after these triggers were taken away, as whoever owns the database can."""
    engine = sa.create_engine(read_address(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        for trigger in triggers:
            on = f" ON {trigger.split('_forbids_')[0]}" if engine.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on}")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def state(tmp_path: Path, state_url: str) -> SqlStateStore:
    return open_state(tmp_path, url=state_url)
