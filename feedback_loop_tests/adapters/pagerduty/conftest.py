"""A PagerDuty that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.pagerduty.running import RunningPagerDuty, running_pagerduty
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def pager() -> Iterator[RunningPagerDuty]:
    with running_pagerduty(FakeClock()) as running:
        yield running
