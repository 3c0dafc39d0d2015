"""A LaunchDarkly over real HTTP on this machine, whose requests are held to the documented form, and clients that do not wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import stamina

from feedback_loop.adapters.launchdarkly.client import LaunchDarklyClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.remediation.connectors import Connector, ConnectorKind
from feedback_loop_tests.adapters.launchdarkly.launchdarkly_desk import PROJECT, TOKEN, LaunchDarklyDesk
from feedback_loop_tests.adapters.vendor_server import Plan, running_vendor
from feedback_loop_tests.fakes import FakeClock


def rule_at(url: str, environments: tuple[str, ...] | None = None) -> Connector:
    """What connectors.yaml would say of the project at the address."""
    return Connector(
        kind=ConnectorKind.LAUNCHDARKLY,
        address=url,
        switched_on=True,
        takes=LaunchDarklyClient.takes,
        settings={"project": PROJECT},
        environments=environments,
    )


@dataclass
class RunningLaunchDarkly:
    """A running LaunchDarkly, what is planned for the next requests, the time there and here, and who asks it."""

    url: str
    desk: LaunchDarklyDesk
    plans: deque[Plan]
    clock: FakeClock
    opened: list[LaunchDarklyClient] = field(default_factory=list)

    def client(self, timeout_seconds: float = 5.0, environments: tuple[str, ...] | None = None) -> LaunchDarklyClient:
        """A client as a new process would make it."""
        known, rule = Credentials("launchdarkly", {"ACCESS_TOKEN": TOKEN}), rule_at(self.url, environments)
        made = LaunchDarklyClient(rule, known, self.clock, connector="flags", timeout_seconds=timeout_seconds)
        self.opened.append(made)
        return made


@contextmanager
def running_launchdarkly(clock: FakeClock) -> Iterator[RunningLaunchDarkly]:
    """What is sent is compared with the documented form until the block is left."""
    desk, plans = LaunchDarklyDesk(clock), deque[Plan]()
    with stamina.set_testing(True, attempts=4, cap=True), running_vendor(desk, plans) as url:
        running = RunningLaunchDarkly(url, desk, plans, clock)
        try:
            yield running
        finally:
            for client in running.opened:
                client.close()
    assert desk.violations == []
