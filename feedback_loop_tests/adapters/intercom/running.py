"""An Intercom over real HTTP on this machine whose traffic is held against the vendor's description, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import stamina

from feedback_loop.adapters.intercom.client import IntercomClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind
from feedback_loop_tests.adapters.intercom.intercom_description import DESCRIPTION, WHY_ABSENT
from feedback_loop_tests.adapters.intercom.intercom_desk import ADMIN, ATTRIBUTE, ATTRIBUTE_ID, CONTACT, TOKEN, TYPE, IntercomDesk
from feedback_loop_tests.adapters.vendor_server import Plan, running_vendor
from feedback_loop_tests.fakes import FakeClock

SETTINGS = {"admin_id": ADMIN, "ticket_type_id": TYPE, "contact_id": CONTACT, "key_attribute": ATTRIBUTE, "key_attribute_id": ATTRIBUTE_ID}


def rule_at(url: str, more: Mapping[str, str] | None = None) -> Connector:
    """What connectors.yaml would say of the Intercom at the address."""
    return Connector(kind=ConnectorKind.INTERCOM, address=url, switched_on=True, takes=WORK_ITEMS, settings={**SETTINGS, **(more or {})})


@dataclass
class RunningIntercom:
    """A running Intercom, what is planned for the next requests, the time there and here, and who asks it."""

    url: str
    desk: IntercomDesk
    plans: deque[Plan]
    clock: FakeClock
    opened: list[IntercomClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0, more: Mapping[str, str] | None = None) -> IntercomClient:
        """A client as a new process would make it."""
        known = Credentials("intercom", {"ACCESS_TOKEN": TOKEN})
        made = IntercomClient(rule_at(self.url, more), known, self.clock, connector="inbox", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_intercom(clock: FakeClock) -> Iterator[RunningIntercom]:
    """What passes between the two is compared with the description until the block is left."""
    if not DESCRIPTION.is_file():
        pytest.skip(WHY_ABSENT)
    desk, plans = IntercomDesk(clock), deque[Plan]()
    with stamina.set_testing(True, attempts=4, cap=True), running_vendor(desk, plans) as url:
        running = RunningIntercom(url, desk, plans, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert desk.violations == []
