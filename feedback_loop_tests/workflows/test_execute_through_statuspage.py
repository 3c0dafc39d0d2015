"""The same approved action through Statuspage with every fault at every request: said at most once, a reason while in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.statuspage.client import StatuspageClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.proposals import requested
from feedback_loop.remediation.rules import Request
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.statuspage.running import RunningStatuspage, rule_at, running_statuspage
from feedback_loop_tests.workflows.outbox_world import Died, World

MINUTE = timedelta(minutes=1)
WITHOUT_DELAY = [fault for fault in Fault if fault not in (Fault.SILENCE_AFTER_WRITE, Fault.WRITE_AFTER_SILENCE)]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningStatuspage]]:
    """A note for the status page that somebody asked for and another approved."""
    world = World(folder)
    (case,) = world.grounds.all_cases()
    playbook = world.grounds.rules.playbook("status-page-note")
    assert playbook is not None
    asked = Request(playbook, "issue_1", "cy", "customers ask")
    thresholds = world.state.snapshot(TABLES["state_threshold"], world.clock.now())
    proposal = requested(case, asked, world.grounds.documents, thresholds, world.grounds.rules, world.clock.now(), world.grounds.routes)
    world.state.record_proposals([proposal])
    world.say(proposal.proposal_id, "bo")
    with running_statuspage(world.clock) as statuspage:
        yield world, statuspage


def execute_in_a_new_process(world: World, statuspage: RunningStatuspage, client: StatuspageClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one incident is there, and whatever is not done has its reason."""
    asked = client or statuspage.client(timeout_seconds=0.5)
    report = world.execute(lanes_of({"status": rule_at(statuspage.url)}, {"status": asked}))
    assert len(statuspage.desk.incidents) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, statuspage: RunningStatuspage) -> None:
    """Run after run, minute by minute; in the end there is one incident, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, statuspage)
    (action,) = world.state.actions(ActionStatus.DONE)
    (incident,) = statuspage.desk.incidents
    assert (action.receipt_id, action.connector) == (incident["id"], "status")
    assert list(incident["metadata"]) == [f"feedback-loop-{action.idempotency_key}"]


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_incident(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, statuspage):
        statuspage.plans.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, statuspage)
        goes_on_until_done(world, statuspage)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_makes_a_second_incident(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, statuspage):
        for faults, minutes in runs:
            statuspage.plans.extend(faults)
            execute_in_a_new_process(world, statuspage)
            statuspage.plans.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, statuspage)


class DiesAfterTheWrite(StatuspageClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_at_once_and_without_a_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, statuspage):
        client = statuspage.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, statuspage, client)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, statuspage).done) == 1
        goes_on_until_done(world, statuspage)


def test_two_processes_at_once_make_one_incident(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, statuspage):
        threads = [Thread(target=execute_in_a_new_process, args=(world, statuspage)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        goes_on_until_done(world, statuspage)
        assert [method for method, _ in statuspage.desk.asked].count("POST") == 1
