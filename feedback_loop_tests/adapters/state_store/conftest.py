"""A state store in a folder of its own, whose salts are counted, so that the same steps seal the same chain."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop_tests.fakes import FakeClock


def open_state(folder: Path, clock: FakeClock | None = None) -> SqlStateStore:
    salts = count()
    url = f"sqlite:///{folder / 'state' / 'state.sqlite'}"
    return SqlStateStore(url, AnchorFile(folder / "anchor.jsonl"), clock or FakeClock(), lambda: f"salt{next(salts)}")


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)
