"""A Jira over real HTTP on this machine whose traffic is held against the vendor's description, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import stamina

from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.adapters.jira.client import JiraClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind
from feedback_loop_tests.adapters.jira.jira_desk import DESCRIPTION, EMAIL, TOKEN, WHY_ABSENT, DescribedDesk, JiraDesk
from feedback_loop_tests.fakes import FakeClock


def rule_at(url: str) -> Connector:
    """What connectors.yaml would say of the Jira at the address."""
    return Connector(
        kind=ConnectorKind.JIRA,
        address=url,
        switched_on=True,
        takes=WORK_ITEMS,
        project="OPS",
        projects={ActionKind.ROLL_BACK_RELEASE: "REL"},
        issue_types={ActionKind.OPEN_INCIDENT: "Incident"},
    )


@dataclass
class RunningJira:
    """A running Jira, the faults that it is to have, the time there and here, and who asks it."""

    url: str
    desk: JiraDesk
    faults: deque[Fault]
    clock: FakeClock
    opened: list[JiraClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0, credentials: Credentials | None = None) -> JiraClient:
        """A client as a new process would make it."""
        made = JiraClient(
            rule_at(self.url),
            credentials or Credentials("jira", {"EMAIL": EMAIL, "API_TOKEN": TOKEN}),
            self.clock,
            connector="ops-jira",
            timeout_seconds=timeout_seconds,
        )
        self.opened.append(made)
        return made


@contextmanager
def running_jira(clock: FakeClock) -> Iterator[RunningJira]:
    """What passes between the two is compared with the description until the block is left."""
    if not DESCRIPTION.is_file():
        pytest.skip(WHY_ABSENT)
    checked, faults = DescribedDesk(JiraDesk(clock)), deque[Fault]()
    with stamina.set_testing(True, attempts=4, cap=True), running_case_system(checked, faults) as url:
        running = RunningJira(url, checked.desk, faults, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert checked.violations == []
