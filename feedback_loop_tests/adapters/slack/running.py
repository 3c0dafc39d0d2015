"""A Slack over real HTTP on this machine whose traffic is held against the vendor's description, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import stamina

from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.adapters.slack.client import SlackClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind
from feedback_loop_tests.adapters.slack.described import DESCRIPTION, WHY_ABSENT, DescribedDesk
from feedback_loop_tests.adapters.slack.slack_desk import APPROVALS, CHANNEL, TOKEN, SlackDesk
from feedback_loop_tests.fakes import FakeClock

CREDENTIALS = Credentials("slack", {"BOT_TOKEN": TOKEN})


def rule_at(url: str) -> Connector:
    """What connectors.yaml would say of the Slack at the address."""
    settings = {"channel": CHANNEL, "approvals_channel": APPROVALS}
    return Connector(kind=ConnectorKind.SLACK, address=url, switched_on=True, takes=WORK_ITEMS, settings=settings)


@dataclass
class RunningSlack:
    """A running Slack, the faults that it is to have, the time there and here, and who asks it."""

    url: str
    desk: SlackDesk
    faults: deque[Fault]
    clock: FakeClock
    opened: list[SlackClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0) -> SlackClient:
        """A client as a new process would make it."""
        made = SlackClient(rule_at(self.url), CREDENTIALS, self.clock, connector="ops-slack", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_slack(clock: FakeClock) -> Iterator[RunningSlack]:
    """What passes between the two is compared with the description until the block is left."""
    if not DESCRIPTION.is_file():
        pytest.skip(WHY_ABSENT)
    checked, faults = DescribedDesk(SlackDesk(clock)), deque[Fault]()
    assert isinstance(checked.desk, SlackDesk)
    with stamina.set_testing(True, attempts=4, cap=True), running_case_system(checked, faults) as url:
        running = RunningSlack(url, checked.desk, faults, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert checked.violations == []
