"""A PagerDuty over real HTTP on this machine whose traffic is held against the documented forms, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import stamina

from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.adapters.pagerduty.client import PagerDutyClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.remediation.connectors import Connector, ConnectorKind
from feedback_loop_tests.adapters.pagerduty.described import DescribedDesk
from feedback_loop_tests.adapters.pagerduty.pagerduty_desk import EMAIL, SERVICE, TOKEN, PagerDutyDesk
from feedback_loop_tests.fakes import FakeClock

CREDENTIALS = Credentials("pagerduty", {"FROM_EMAIL": EMAIL, "API_TOKEN": TOKEN})


def rule_at(url: str) -> Connector:
    """What connectors.yaml would say of the PagerDuty at the address."""
    takes = (ActionKind.OPEN_INCIDENT, ActionKind.REVERSE_ACTION)
    return Connector(kind=ConnectorKind.PAGERDUTY, address=url, switched_on=True, takes=takes, settings={"service_id": SERVICE})


@dataclass
class RunningPagerDuty:
    """A running PagerDuty, the faults that it is to have, the time there and here, and who asks it."""

    url: str
    desk: PagerDutyDesk
    faults: deque[Fault]
    clock: FakeClock
    opened: list[PagerDutyClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0) -> PagerDutyClient:
        """A client as a new process would make it."""
        made = PagerDutyClient(rule_at(self.url), CREDENTIALS, self.clock, connector="pager", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_pagerduty(clock: FakeClock) -> Iterator[RunningPagerDuty]:
    """What passes between the two is compared with the forms until the block is left."""
    desk, faults = PagerDutyDesk(clock), deque[Fault]()
    checked = DescribedDesk(desk)
    with stamina.set_testing(True, attempts=4, cap=True), running_case_system(checked, faults) as url:
        running = RunningPagerDuty(url, desk, faults, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert checked.violations == []
