"""The same approved action through Jira with every fault at every request: at most one issue at any time, and a reason while in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.jira.client import JiraClient
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.remediation.circuit import Waiting, WaitReason
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.jira.running import RunningJira, rule_at, running_jira
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import Died, World

MINUTE, LAG = timedelta(minutes=1), timedelta(seconds=90)
WITHOUT_DELAY = [fault for fault in Fault if fault is not Fault.SILENCE_AFTER_WRITE]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningJira]]:
    """A rollback that two people approved, and a Jira that is to ask for it."""
    world = World(folder)
    world.approved()
    with running_jira(world.clock) as jira:
        jira.desk.index_lag = LAG
        yield world, jira


def execute_in_a_new_process(world: World, jira: RunningJira, client: JiraClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one issue is there, and whatever is not done has its reason."""
    report = world.execute(lanes_of({"ops-jira": rule_at(jira.url)}, {"ops-jira": client or jira.client(timeout_seconds=0.5)}))
    assert len(jira.desk.issues) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, jira: RunningJira) -> None:
    """Run after run, minute by minute; in the end there is one issue, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, jira)
    (action,) = world.state.actions(ActionStatus.DONE)
    (issue,) = jira.desk.issues.values()
    assert (action.receipt_id, action.connector) == (issue["key"], "ops-jira")
    assert issue["properties"]["feedback-loop"]["idempotency_key"] == action.idempotency_key


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_issue(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, jira):
        jira.faults.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, jira)
        goes_on_until_done(world, jira)


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_every_request_for_a_while_ends_in_one_issue(tmp_path: Path, fault: Fault) -> None:
    with approved(tmp_path) as (world, jira):
        for _ in range(3):
            jira.faults.extend([fault] * 20)
            execute_in_a_new_process(world, jira)
            jira.faults.clear()
            world.clock.advance(MINUTE)
        goes_on_until_done(world, jira)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_makes_a_second_issue(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, jira):
        for faults, minutes in runs:
            jira.faults.extend(faults)
            execute_in_a_new_process(world, jira)
            jira.faults.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, jira)


def test_not_found_right_after_a_write_leads_to_no_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, jira):
        jira.faults.extend([Fault.NONE, Fault.DROP_AFTER_WRITE])
        report = execute_in_a_new_process(world, jira)
        assert "RemoteProtocolError" in next(iter(report.why.values()))
        world.clock.advance(MINUTE)
        report = execute_in_a_new_process(world, jira)
        (action,) = world.state.actions(ActionStatus.IN_DOUBT)
        assert report.in_doubt == [action.action_id]
        assert report.waiting == {action.action_id: Waiting(WaitReason.SETTLING, "ops-jira", START + SETTLING)}
        world.clock.advance(LAG)
        assert execute_in_a_new_process(world, jira).done == [action.action_id]
        assert [method for method, path in jira.desk.asked if path.endswith("/issue")] == ["POST"]


class DiesAfterTheWrite(JiraClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_without_a_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, jira):
        client = jira.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, jira, client)
        jira.desk.index_lag = SETTLING - timedelta(seconds=1)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, jira).in_doubt) == 1
        goes_on_until_done(world, jira)


def test_a_plain_client_is_waited_for_as_well(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, jira):
        jira.faults.extend([Fault.NONE, Fault.ERROR_AFTER_WRITE])
        world.execute(jira.client())
        world.clock.advance(MINUTE)
        report = world.execute(jira.client())
        assert [waiting.reason for waiting in report.waiting.values()] == [WaitReason.SETTLING]
        assert len(jira.desk.issues) == 1
