"""The same approved action through ServiceNow with every fault at every request: at most one record, a reason while in doubt."""

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
from feedback_loop.adapters.servicenow.client import ServiceNowClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow, rule_at, running_servicenow
from feedback_loop_tests.workflows.outbox_world import Died, World

MINUTE = timedelta(minutes=1)
WITHOUT_DELAY = [fault for fault in Fault if fault not in (Fault.SILENCE_AFTER_WRITE, Fault.WRITE_AFTER_SILENCE)]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningServiceNow]]:
    """A rollback that two people approved, and a ServiceNow that is to ask for it."""
    world = World(folder)
    world.approved()
    with running_servicenow(world.clock) as servicenow:
        yield world, servicenow


def execute_in_a_new_process(world: World, servicenow: RunningServiceNow, client: ServiceNowClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one record is there, and whatever is not done has its reason."""
    asked = client or servicenow.client(timeout_seconds=0.5)
    report = world.execute(lanes_of({"itsm": rule_at(servicenow.url)}, {"itsm": asked}))
    assert len(servicenow.desk.records) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, servicenow: RunningServiceNow) -> None:
    """Run after run, minute by minute; in the end there is one change, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, servicenow)
    (action,) = world.state.actions(ActionStatus.DONE)
    (change,) = servicenow.desk.tables["change_request"].values()
    assert (str(action.receipt_id).split("/")[0], action.connector) == (change["number"], "itsm")
    assert change["correlation_id"] == action.idempotency_key


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_record(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, servicenow):
        servicenow.plans.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, servicenow)
        goes_on_until_done(world, servicenow)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_makes_a_second_record(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, servicenow):
        for faults, minutes in runs:
            servicenow.plans.extend(faults)
            execute_in_a_new_process(world, servicenow)
            servicenow.plans.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, servicenow)


class DiesAfterTheWrite(ServiceNowClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_at_once_and_without_a_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, servicenow):
        client = servicenow.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, servicenow, client)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, servicenow).done) == 1
        goes_on_until_done(world, servicenow)


def test_two_processes_at_once_make_one_record(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, servicenow):
        threads = [Thread(target=execute_in_a_new_process, args=(world, servicenow)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        goes_on_until_done(world, servicenow)
        assert [method for method, _ in servicenow.desk.asked].count("POST") == 1
