"""A Zendesk over real HTTP on this machine, whose requests are held to the documented form, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import stamina

from feedback_loop.adapters.zendesk.client import ZendeskClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind
from feedback_loop_tests.adapters.vendor_server import Plan, running_vendor
from feedback_loop_tests.adapters.zendesk.zendesk_desk import EMAIL, TOKEN, ZendeskDesk
from feedback_loop_tests.fakes import FakeClock


def rule_at(url: str, settings: Mapping[str, str] | None = None) -> Connector:
    """What connectors.yaml would say of the Zendesk at the address."""
    return Connector(kind=ConnectorKind.ZENDESK, address=url, switched_on=True, takes=WORK_ITEMS, settings=settings or {})


@dataclass
class RunningZendesk:
    """A running Zendesk, what is planned for the next requests, the time there and here, and who asks it."""

    url: str
    desk: ZendeskDesk
    plans: deque[Plan]
    clock: FakeClock
    opened: list[ZendeskClient] = field(default_factory=list)

    def client(
        self, timeout_seconds: float = 5.0, credentials: Credentials | None = None, settings: Mapping[str, str] | None = None
    ) -> ZendeskClient:
        """A client as a new process would make it."""
        known = credentials or Credentials("zendesk", {"EMAIL": EMAIL, "API_TOKEN": TOKEN})
        made = ZendeskClient(rule_at(self.url, settings), known, self.clock, connector="support", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_zendesk(clock: FakeClock) -> Iterator[RunningZendesk]:
    """What is sent is compared with the documented form until the block is left."""
    desk, plans = ZendeskDesk(clock), deque[Plan]()
    with stamina.set_testing(True, attempts=4, cap=True), running_vendor(desk, plans) as url:
        running = RunningZendesk(url, desk, plans, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert desk.violations == []
