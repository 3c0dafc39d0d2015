"""A ServiceNow that runs for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow, running_servicenow
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def servicenow() -> Iterator[RunningServiceNow]:
    with running_servicenow(FakeClock()) as running:
        yield running
