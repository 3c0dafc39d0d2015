"""A LaunchDarkly that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.launchdarkly.running import RunningLaunchDarkly, running_launchdarkly
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def launchdarkly() -> Iterator[RunningLaunchDarkly]:
    with running_launchdarkly(FakeClock()) as running:
        yield running
