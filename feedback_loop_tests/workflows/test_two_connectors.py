"""Two tools, one of them down (R57): its actions wait with the reason, those of the other go on, and in the end all was done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus, RefusalReason
from feedback_loop.ports import ActionSystem
from feedback_loop.remediation.circuit import Waiting, WaitReason
from feedback_loop.remediation.connectors import Connector, parse_connectors
from feedback_loop.workflows.execute import waits
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.lanes import Lanes, lanes_of
from feedback_loop_tests.adapters.jira.running import RunningJira, running_jira
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, cause_row
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World, grounds

COUNT, SAMPLES = 6, ("fragment_1", "fragment_2", "fragment_3")
PAUSE, SECOND = timedelta(minutes=5), timedelta(seconds=1)
RULES = """
connectors:
  desk: {kind: case_api, address: "http://127.0.0.1:9", switched_on: true, takes: [create_content_task]}
  ops-jira: {kind: jira, address: "http://127.0.0.1:9", switched_on: true, takes: [queue_for_review], project: OPS}
"""
JIRA_OFF = RULES.replace("switched_on: true, takes: [queue_for_review]", "takes: [queue_for_review]")


def twelve_cases() -> Grounds:
    """Of six products nobody knows why they complain, so people review; of six an article misleads, and three complaints are certified."""
    unknown = [alert_row(alert_id=f"a{n}", product=f"Unknown {n}", story_id=f"sa{n}") for n in range(COUNT)]
    article = [
        alert_row(alert_id=f"b{n}", product=f"Article {n}", story_id=f"sb{n}", sample_fragment_ids=list(SAMPLES)) for n in range(COUNT)
    ]
    causes = [
        cause_row(
            hypothesis_id=f"h{n}",
            alert_id=f"b{n}",
            product=f"Article {n}",
            cause_kind="content",
            cause_id=f"article-{n}",
            cause_service="help",
        )
        for n in range(COUNT)
    ]
    return grounds([*unknown, *article], causes, certified=SAMPLES)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Twelve actions wait in the outbox, and nobody has to approve them."""
    made = World(tmp_path, grounds=twelve_cases())
    assert len(made.propose()) == 2 * COUNT
    assert len(made.state.actions(ActionStatus.QUEUED)) == 2 * COUNT
    return made


@pytest.fixture
def jira(world: World) -> Iterator[RunningJira]:
    with running_jira(world.clock) as running:
        yield running


Process = Callable[[], Lanes]


@contextmanager
def processes(jira: RunningJira, desk: CaseDesk) -> Iterator[Process]:
    """What a new process would have: new clients, new circuits."""
    with running_case_system(desk) as url, CaseApiClient(url, connector="desk") as client:
        yield lambda: lanes_of(parse_connectors(RULES), {"desk": client, "ops-jira": jira.client()})


@pytest.mark.parametrize("is_new_process_each_time", [False, True])
def test_an_outage_delays_only_the_actions_of_its_own_connector(world: World, jira: RunningJira, is_new_process_each_time: bool) -> None:
    desk = CaseDesk(world.clock.now)
    with processes(jira, desk) as process:
        kept = process()
        lanes = process if is_new_process_each_time else lambda: kept
        jira.faults.extend([Fault.ERROR_BEFORE_WRITE] * 1000)

        report = world.execute(lanes())
        assert len(report.done) == len(desk.actions) == COUNT
        assert len(report.in_doubt) == 3
        assert all("could not be asked" in report.why[action_id] for action_id in report.in_doubt)
        assert set(report.waiting.values()) == {Waiting(WaitReason.NO_ANSWER, "ops-jira", START + PAUSE)}
        assert waits(report.waiting) == ["3 wait for ops-jira: no answer until 09:35:00 UTC"]

        before = len(jira.faults)
        world.clock.advance(PAUSE - SECOND)
        assert len(world.execute(lanes()).waiting) == COUNT
        assert len(jira.faults) == before, "while the circuit is open nothing is asked"

        world.clock.advance(SECOND)
        report = world.execute(lanes())
        assert (len(report.in_doubt), len(report.waiting), before - len(jira.faults)) == (1, COUNT - 1, 4), "one probe, tried four times"

        jira.faults.clear()
        world.clock.advance(2 * PAUSE)
        report = world.execute(lanes())
        assert (len(report.done), report.waiting, report.in_doubt) == (COUNT, {}, [])
        world.execute(lanes())
    assert (len(jira.desk.issues), len(desk.actions)) == (COUNT, COUNT)
    assert len(world.state.actions(ActionStatus.DONE)) == 2 * COUNT


def fakes(jira: FakeCaseSystem, desk: FakeCaseSystem, text: str = RULES) -> Lanes:
    connectors: dict[str, Connector] = parse_connectors(text)
    systems: dict[str, ActionSystem] = {"desk": desk, "ops-jira": jira}
    return lanes_of(connectors, {name: systems[name] for name, rule in connectors.items() if rule.switched_on})


class WithSharedCalls(FakeCaseSystem):
    """Writes its name into a list that it shares with others, each time that it is to carry something out."""

    def __init__(self, name: str, asked: list[str], *script: str) -> None:
        super().__init__(*script)
        self.name, self.asked = name, asked

    def perform(self, request: ActionRequest) -> Receipt:
        self.asked.append(self.name)
        return super().perform(request)


def test_a_connector_that_fails_lets_all_others_go_first(world: World) -> None:
    asked: list[str] = []
    world.execute(fakes(WithSharedCalls("jira", asked, *["unreachable"] * 3), WithSharedCalls("desk", asked)))
    assert sorted(asked[: COUNT + 1]) == ["desk"] * COUNT + ["jira"]
    assert asked[COUNT + 1 :] == ["jira"] * 2


def test_more_than_the_pace_allows_waits_for_the_next_minute(world: World) -> None:
    slow = RULES.replace("project: OPS", "project: OPS, most_per_minute: 4")
    jira = FakeCaseSystem()
    report = world.execute(fakes(jira, FakeCaseSystem(), slow))
    assert (len(report.done), len(jira.written)) == (COUNT + 4, 4)
    assert set(report.waiting.values()) == {Waiting(WaitReason.TOO_MANY_A_MINUTE, "ops-jira", START + timedelta(minutes=1))}
    world.clock.advance(59 * SECOND)
    assert len(world.execute(fakes(jira, FakeCaseSystem(), slow)).waiting) == 2
    world.clock.advance(SECOND)
    assert len(world.execute(fakes(jira, FakeCaseSystem(), slow)).done) == 2


def test_what_is_switched_off_is_shown_and_what_nobody_takes_waits(world: World) -> None:
    off = JIRA_OFF.replace("create_content_task", "retry_job")
    report = world.execute(fakes(FakeCaseSystem(), FakeCaseSystem(), off))
    assert {str(request.action_kind) for request in report.would_send} == {"queue_for_review"}
    assert set(report.waiting.values()) == {Waiting(WaitReason.NO_CONNECTOR, "none")}
    assert (report.were_any_switched_on, len(world.state.actions(ActionStatus.QUEUED))) == (True, 2 * COUNT)


def test_what_is_in_doubt_stays_with_its_connector_when_that_is_switched_off_or_gives_its_kind_away(world: World) -> None:
    jira = FakeCaseSystem(*["doubt_after"] * 2)
    world.execute(fakes(jira, FakeCaseSystem()))
    assert len(world.state.actions(ActionStatus.IN_DOUBT)) == 2
    assert {w.reason for w in world.execute(fakes(jira, FakeCaseSystem(), JIRA_OFF)).waiting.values()} == {WaitReason.SWITCHED_OFF}
    given_away = RULES.replace("queue_for_review", "retry_job").replace("create_content_task", "create_content_task, queue_for_review")
    desk = FakeCaseSystem()
    assert len(world.execute(fakes(jira, desk, given_away)).done) == 2
    assert (desk.calls, len(jira.written)) == ([], COUNT)


def test_an_action_of_another_environment_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    world = World(tmp_path, grounds=grounds(causes=[cause_row(cause_scope='{"environment":["production"]}')]))
    world.approved()
    limited = """
connectors:
  desk: {kind: case_api, address: "http://127.0.0.1:9", switched_on: true, takes: [roll_back_release], environments: [staging]}
"""
    desk = FakeCaseSystem()
    assert list(world.execute(fakes(FakeCaseSystem(), desk, limited)).refused.values()) == [RefusalReason.ENVIRONMENT_NOT_ALLOWED]
    assert desk.calls == []
    assert [p.proposal_status for p, _ in world.state.decided()] == ["refused"]


class WithAnotherProcessMeanwhile(FakeCaseSystem):
    """While it carries out the first action, another process goes over the whole outbox and gets no answer to anything."""

    def __init__(self, world: World, other: FakeCaseSystem) -> None:
        super().__init__()
        self.world, self.other = world, other

    def perform(self, request: ActionRequest) -> Receipt:
        if not self.other.calls:
            self.world.execute(self.other)
        return super().perform(request)


def test_what_another_process_sent_in_the_meantime_is_asked_for_before_it_is_sent_again(world: World) -> None:
    other = FakeCaseSystem(*["doubt_after"] * (2 * COUNT))
    slow = WithAnotherProcessMeanwhile(world, other)
    report = world.execute(slow)
    assert other.calls == ["perform"] * (2 * COUNT - 1)
    assert (slow.calls, len(report.done), report.in_doubt) == (["perform"], 1, []), (
        "what another has tried is left to it, and to the next run"
    )
    slow.written |= other.written  # both are the same tool
    assert len(world.execute(slow).done) == 2 * COUNT - 1
    assert slow.calls.count("perform") == 1


def test_the_trail_tells_a_dry_run_of_an_action_once(world: World) -> None:
    for _ in range(3):
        assert len(world.execute(None).would_send) == 2 * COUNT
    assert [record.event for record in world.state.records()].count("dry_run") == 2 * COUNT
