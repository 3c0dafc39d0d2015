"""An Intercom that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.intercom.running import RunningIntercom, running_intercom
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def intercom() -> Iterator[RunningIntercom]:
    with running_intercom(FakeClock()) as running:
        yield running
