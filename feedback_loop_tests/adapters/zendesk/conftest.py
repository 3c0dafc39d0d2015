"""A Zendesk that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.zendesk.running import RunningZendesk, running_zendesk
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def zendesk() -> Iterator[RunningZendesk]:
    with running_zendesk(FakeClock()) as running:
        yield running
