"""A ServiceNow over real HTTP on this machine, whose requests are held to the documented form, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import stamina

from feedback_loop.adapters.servicenow.client import ServiceNowClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind
from feedback_loop_tests.adapters.servicenow.servicenow_desk import PASSWORD, USER, ServiceNowDesk
from feedback_loop_tests.adapters.vendor_server import Plan, running_vendor
from feedback_loop_tests.fakes import FakeClock


def rule_at(url: str, settings: Mapping[str, str] | None = None) -> Connector:
    """What connectors.yaml would say of the instance at the address."""
    return Connector(kind=ConnectorKind.SERVICENOW, address=url, switched_on=True, takes=WORK_ITEMS, settings=settings or {})


@dataclass
class RunningServiceNow:
    """A running instance, what is planned for the next requests, the time there and here, and who asks it."""

    url: str
    desk: ServiceNowDesk
    plans: deque[Plan]
    clock: FakeClock
    opened: list[ServiceNowClient] = field(default_factory=list)

    def client(
        self, timeout_seconds: float = 5.0, credentials: Credentials | None = None, settings: Mapping[str, str] | None = None
    ) -> ServiceNowClient:
        """A client as a new process would make it."""
        known = credentials or Credentials("servicenow", {"USER": USER, "PASSWORD": PASSWORD})
        made = ServiceNowClient(rule_at(self.url, settings), known, self.clock, connector="itsm", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_servicenow(clock: FakeClock) -> Iterator[RunningServiceNow]:
    """What is sent is compared with the documented form until the block is left."""
    desk, plans = ServiceNowDesk(clock), deque[Plan]()
    with stamina.set_testing(True, attempts=4, cap=True), running_vendor(desk, plans) as url:
        running = RunningServiceNow(url, desk, plans, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert desk.violations == []
