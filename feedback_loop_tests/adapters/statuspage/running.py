"""A Statuspage over real HTTP on this machine, whose requests are held to the documented form, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import stamina

from feedback_loop.adapters.statuspage.client import StatuspageClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import Connector, ConnectorKind
from feedback_loop_tests.adapters.statuspage.statuspage_desk import API_KEY, PAGE, StatuspageDesk
from feedback_loop_tests.adapters.vendor_server import Plan, running_vendor
from feedback_loop_tests.fakes import FakeClock


def rule_at(url: str) -> Connector:
    """What connectors.yaml would say of the page at the address."""
    return Connector(
        kind=ConnectorKind.STATUSPAGE,
        address=url,
        switched_on=True,
        takes=StatuspageClient.takes,
        settings={"page_id": PAGE},
    )


@dataclass
class RunningStatuspage:
    """A running Statuspage, what is planned for the next requests, the time there and here, and who asks it."""

    url: str
    desk: StatuspageDesk
    plans: deque[Plan]
    clock: FakeClock
    opened: list[StatuspageClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0) -> StatuspageClient:
        """A client as a new process would make it."""
        known, rule = Credentials("statuspage", {"API_KEY": API_KEY}), rule_at(self.url)
        made = StatuspageClient(rule, known, self.clock, connector="status", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_statuspage(clock: FakeClock) -> Iterator[RunningStatuspage]:
    """What is sent is compared with the documented form until the block is left."""
    desk, plans = StatuspageDesk(clock), deque[Plan]()
    with stamina.set_testing(True, attempts=4, cap=True), running_vendor(desk, plans) as url:
        running = RunningStatuspage(url, desk, plans, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert desk.violations == []
