"""A Statuspage that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.statuspage.running import RunningStatuspage, running_statuspage
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def statuspage() -> Iterator[RunningStatuspage]:
    with running_statuspage(FakeClock()) as running:
        yield running
