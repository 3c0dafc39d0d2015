"""The same approved action through Zendesk with every fault at every request: at most one ticket at any time, a reason while in doubt."""

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
from feedback_loop.adapters.zendesk.client import ZendeskClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.zendesk.running import RunningZendesk, rule_at, running_zendesk
from feedback_loop_tests.workflows.outbox_world import Died, World

MINUTE = timedelta(minutes=1)
WITHOUT_DELAY = [fault for fault in Fault if fault not in (Fault.SILENCE_AFTER_WRITE, Fault.WRITE_AFTER_SILENCE)]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningZendesk]]:
    """A rollback that two people approved, and a Zendesk that is to ask for it."""
    world = World(folder)
    world.approved()
    with running_zendesk(world.clock) as zendesk:
        yield world, zendesk


def execute_in_a_new_process(world: World, zendesk: RunningZendesk, client: ZendeskClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one ticket is there, and whatever is not done has its reason."""
    report = world.execute(lanes_of({"support": rule_at(zendesk.url)}, {"support": client or zendesk.client(timeout_seconds=0.5)}))
    assert len(zendesk.desk.tickets) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, zendesk: RunningZendesk) -> None:
    """Run after run, minute by minute; in the end there is one ticket, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, zendesk)
    (action,) = world.state.actions(ActionStatus.DONE)
    (ticket,) = zendesk.desk.tickets.values()
    assert (action.receipt_id, action.connector, ticket["external_id"]) == (str(ticket["id"]), "support", action.idempotency_key)


@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_ticket(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, zendesk):
        zendesk.plans.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, zendesk)
        goes_on_until_done(world, zendesk)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_makes_a_second_ticket(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, zendesk):
        for faults, minutes in runs:
            zendesk.plans.extend(faults)
            execute_in_a_new_process(world, zendesk)
            zendesk.plans.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, zendesk)


class DiesAfterTheWrite(ZendeskClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_at_once_and_without_a_second_one(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, zendesk):
        client = zendesk.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, zendesk, client)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, zendesk).done) == 1
        goes_on_until_done(world, zendesk)
