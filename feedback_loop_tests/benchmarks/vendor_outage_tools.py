"""The tools of `vendor_outage`: two connectors over loopback, of which one gives no answer for a while, and the executors of the outbox.

An executor begins where the sensor of `defs/act_jobs` would ask for one, whatever the others are still waiting for; each has its own
clients and circuits, as a process has. A request takes as long as `TAKES` or `GIVES_UP` say, on the made-up clock alone.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.defs.act_jobs import RETRY
from feedback_loop.errors import ConnectorUnreachable, WriteInDoubt
from feedback_loop.remediation.connectors import parse_connectors
from feedback_loop.workflows.execute import execute
from feedback_loop.workflows.lanes import Lanes, lanes_of
from feedback_loop_tests.benchmarks.vendor_outage_plan import Plan, Side, most_in_a_minute
from feedback_loop_tests.benchmarks.virtual_time import VirtualTime
from feedback_loop_tests.remediation.made_up_case import Row, alert_row, cause_row
from feedback_loop_tests.workflows.outbox_world import World, grounds

TAKES, GIVES_UP = timedelta(seconds=0.3), timedelta(seconds=40)
"""What an answer takes; and how long a client waits where none comes: four times the ten seconds of its patience."""

TICK, FAILING, HEALTHY = timedelta(seconds=30), "failing", "healthy"
MOST_ACTIONS_A_MINUTE = 20
_SAMPLES = ("fragment_1", "fragment_2", "fragment_3")
_OPEN = (ActionStatus.QUEUED, ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)
_ANYWHERE = f'kind: case_api, address: "http://127.0.0.1:9", switched_on: true, most_per_minute: {MOST_ACTIONS_A_MINUTE}'
_RULES = f"""
connectors:
  healthy: {{{_ANYWHERE}, takes: [create_content_task]}}
  failing: {{{_ANYWHERE}, takes: [queue_for_review]}}
"""


class Outage(deque[Fault]):
    """Drops every connection while it lasts."""

    def __init__(self, plan: Plan, time: VirtualTime) -> None:
        super().__init__([Fault.NONE])
        self._plan, self._time = plan, time

    def popleft(self) -> Fault:
        """What happens to the next request."""
        return Fault.DROP_BEFORE_WRITE if self._plan.is_out(self._time.now()) else Fault.NONE


class TimedClient(CaseApiClient):
    """A client whose requests take their time, and which remembers when the vendor was asked."""

    side: Side
    time: VirtualTime

    def perform(self, request: ActionRequest) -> Receipt:
        self._ask()
        try:
            receipt = super().perform(request)
        except (ConnectorUnreachable, WriteInDoubt):
            self.time.sleep(GIVES_UP)
            raise
        self.time.sleep(TAKES)
        self.side.order.append(request.idempotency_key)
        return receipt

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        self._ask()
        try:
            receipt = super().receipt_for(idempotency_key)
        except (ConnectorUnreachable, WriteInDoubt):
            self.time.sleep(GIVES_UP)
            raise
        self.time.sleep(TAKES)
        return receipt

    def _ask(self) -> None:
        self.side.asked.append(self.time.now())


def _alert(number: int, *, is_failing: bool) -> Row:
    """A case that leads to an action without anybody's approval: a review through one tool, a content task through the other."""
    if is_failing:
        return alert_row(alert_id=f"a{number:05}", product=f"Unknown {number}", story_id=f"sa{number}")
    return alert_row(alert_id=f"b{number:05}", product=f"Article {number}", story_id=f"sb{number}", sample_fragment_ids=list(_SAMPLES))


def _cause(number: int) -> Row:
    said = {"cause_kind": "content", "cause_id": f"article-{number}", "cause_service": "help"}
    return cause_row(hypothesis_id=f"h{number:05}", alert_id=f"b{number:05}", product=f"Article {number}", **said)


@dataclass
class Tools:
    """The world of one run."""

    plan: Plan
    time: VirtualTime
    world: World
    urls: dict[str, str]
    sides: dict[str, Side]
    began: str = ""

    def arrive(self, number: int) -> None:
        """One new action for each tool."""
        causes = [_cause(number)]
        self.world.grounds = grounds([_alert(number, is_failing=b) for b in (True, False)], causes, certified=_SAMPLES)
        self.world.propose()

    def lanes(self, stack: ExitStack) -> Lanes:
        """What a new process would have."""
        clients = {name: stack.enter_context(TimedClient(url, connector=name)) for name, url in self.urls.items()}
        for name, client in clients.items():
            client.side, client.time = self.sides[name], self.time
        return lanes_of(parse_connectors(_RULES), dict(clients))

    def tick(self) -> None:
        """Begins an executor where the sensor would: after each attempt, for each new action, and each `RETRY`."""
        waiting = self.world.state.actions(*_OPEN)
        attempts = "/".join(f"{one.action_id}:{one.attempt_count}" for one in waiting)
        run_key = f"{attempts} {self.time.now().timestamp() // RETRY.total_seconds():.0f}"
        if waiting and run_key != self.began:
            self.began = run_key
            self.time.at(self.time.now(), self.carry_out)

    def carry_out(self) -> None:
        """One executor."""
        count = self.plan.arrivals
        alerts = [_alert(number, is_failing=b) for number in range(count) for b in (True, False)]
        on = grounds(alerts, [_cause(number) for number in range(count)], certified=_SAMPLES)
        with ExitStack() as stack:
            execute(self.world.state, self.lanes(stack), on, self.world.people, self.time)


def tools(plan: Plan, folder: Path) -> dict[str, Side]:
    """What became of the actions of both tools, by the name of the tool."""
    time = VirtualTime(plan.begins)
    sides = {HEALTHY: Side("actions of the other tool"), FAILING: Side("actions of the tool that is down")}
    with ExitStack() as stack:
        urls = {
            HEALTHY: stack.enter_context(running_case_system()),
            FAILING: stack.enter_context(running_case_system(faults=Outage(plan, time))),
        }
        found = Tools(plan, time, World(folder, time), urls, sides)
        for number in range(plan.arrivals):
            time.at(plan.begins + number * plan.spacing, lambda number=number: found.arrive(number))  # type: ignore[misc]
        for tick in range(plan.lasts // TICK):
            time.at(plan.begins + tick * TICK, found.tick)
        time.run()
    actions = found.world.state.actions(*ActionStatus)
    for name, side in sides.items():
        own = [one for one in actions if one.connector == name]
        side.waited = [(one.executed_at - one.queued_at).total_seconds() for one in own if one.executed_at is not None]
        wanted = [one.idempotency_key for one in sorted(own, key=lambda one: (one.queued_at, one.action_id))]
        side.is_in_order = side.order == wanted
        side.problems += [f"{name}: {count} are {status}" for status, count in _unfinished(own).items()]
        side.problems += [] if len(own) == plan.arrivals else [f"{name}: {len(own)} of {plan.arrivals} actions were given to it"]
        side.problems += [] if len(set(side.order)) == len(side.order) else [f"{name}: something was written twice"]
        side.most_in_a_minute = most_in_a_minute([at for at in side.asked if not plan.is_out(at)])
    return sides


def _unfinished(actions: list[OutboxAction]) -> Counter[str]:
    return Counter(str(one.action_status) for one in actions if one.action_status is not ActionStatus.DONE)
