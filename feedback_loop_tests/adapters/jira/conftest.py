"""A Jira that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.jira.running import RunningJira, running_jira
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def jira() -> Iterator[RunningJira]:
    with running_jira(FakeClock()) as running:
        yield running
