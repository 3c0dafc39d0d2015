"""A case system over real HTTP on this machine, and a client of it that does not wait between attempts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import stamina

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop_tests.fakes import FakeClock


@dataclass(frozen=True)
class Running:
    """A running system, the faults that it is to have, and who asks it."""

    url: str
    desk: CaseDesk
    faults: deque[Fault]
    client: CaseApiClient


@pytest.fixture
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def running(no_waiting: None) -> Iterator[Running]:
    desk, faults = CaseDesk(FakeClock().now), deque[Fault]()
    with running_case_system(desk, faults) as url, CaseApiClient(url, timeout_seconds=5.0) as client:
        yield Running(url, desk, faults, client)
