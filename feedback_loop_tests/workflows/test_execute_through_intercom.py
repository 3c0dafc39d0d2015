"""The same approved action through Intercom with every fault at every request: at most one ticket at any time, a reason while in doubt."""

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
from feedback_loop.adapters.intercom.client import IntercomClient
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.remediation.circuit import Waiting, WaitReason
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.intercom.running import RunningIntercom, rule_at, running_intercom
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import Died, World

MINUTE, LAG = timedelta(minutes=1), timedelta(seconds=90)
WITHOUT_DELAY = [fault for fault in Fault if fault not in (Fault.SILENCE_AFTER_WRITE, Fault.WRITE_AFTER_SILENCE)]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningIntercom]]:
    """A rollback that two people approved, and an Intercom that is to ask for it."""
    world = World(folder)
    world.approved()
    with running_intercom(world.clock) as intercom:
        intercom.desk.index_lag = LAG
        yield world, intercom


def execute_in_a_new_process(world: World, intercom: RunningIntercom, client: IntercomClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one ticket is there, and whatever is not done has its reason."""
    report = world.execute(lanes_of({"inbox": rule_at(intercom.url)}, {"inbox": client or intercom.client(timeout_seconds=0.5)}))
    assert len(intercom.desk.tickets) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, intercom: RunningIntercom) -> None:
    """Run after run, minute by minute; in the end there is one ticket, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, intercom)
    (action,) = world.state.actions(ActionStatus.DONE)
    (ticket,) = intercom.desk.tickets.values()
    assert (action.receipt_id, action.connector) == (f"ticket-{ticket['id']}", "inbox")
    assert ticket["ticket_attributes"]["loop_key"] == action.idempotency_key


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_ticket(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, intercom):
        intercom.plans.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, intercom)
        goes_on_until_done(world, intercom)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_makes_a_second_ticket(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, intercom):
        for faults, minutes in runs:
            intercom.plans.extend(faults)
            execute_in_a_new_process(world, intercom)
            intercom.plans.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, intercom)


def test_not_found_right_after_a_write_leads_to_no_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, intercom):
        intercom.plans.extend([Fault.NONE, Fault.DROP_AFTER_WRITE])
        execute_in_a_new_process(world, intercom)
        world.clock.advance(MINUTE)
        report = execute_in_a_new_process(world, intercom)
        (action,) = world.state.actions(ActionStatus.IN_DOUBT)
        assert report.waiting == {action.action_id: Waiting(WaitReason.SETTLING, "inbox", START + SETTLING)}
        world.clock.advance(LAG)
        assert execute_in_a_new_process(world, intercom).done == [action.action_id]
        assert intercom.desk.asked.count(("POST", "/tickets")) == 1


class DiesAfterTheWrite(IntercomClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_without_a_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, intercom):
        client = intercom.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, intercom, client)
        intercom.desk.index_lag = SETTLING - timedelta(seconds=1)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, intercom).in_doubt) == 1
        goes_on_until_done(world, intercom)
