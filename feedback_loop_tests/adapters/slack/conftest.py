"""A Slack that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.slack.running import RunningSlack, running_slack
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def slack() -> Iterator[RunningSlack]:
    with running_slack(FakeClock()) as running:
        yield running
