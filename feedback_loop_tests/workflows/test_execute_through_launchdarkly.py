"""The same approved action through LaunchDarkly with every fault at every request: set back at most once, a reason while in doubt."""

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
from feedback_loop.adapters.launchdarkly.client import LaunchDarklyClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop_tests.adapters.launchdarkly.launchdarkly_desk import FLAG
from feedback_loop_tests.adapters.launchdarkly.running import RunningLaunchDarkly, rule_at, running_launchdarkly
from feedback_loop_tests.remediation.made_up_case import cause_row
from feedback_loop_tests.workflows.outbox_world import Died, World, grounds

MINUTE = timedelta(minutes=1)
WITHOUT_DELAY = [fault for fault in Fault if fault not in (Fault.SILENCE_AFTER_WRITE, Fault.WRITE_AFTER_SILENCE)]


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningLaunchDarkly]]:
    """A flag that was switched on and is to be set back, which two people approved."""
    world = World(folder)
    with running_launchdarkly(world.clock) as launchdarkly:
        change = launchdarkly.desk.switch(on=True)
        world.grounds = grounds(causes=[cause_row(cause_kind="flag", cause_id=change, cause_step_ids=[change])])
        world.approved()
        yield world, launchdarkly


def execute_in_a_new_process(world: World, launchdarkly: RunningLaunchDarkly, client: LaunchDarklyClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which it was set back at most once, and whatever is not done has its reason."""
    asked = client or launchdarkly.client(timeout_seconds=0.5)
    report = world.execute(lanes_of({"flags": rule_at(launchdarkly.url)}, {"flags": asked}))
    assert len(launchdarkly.desk.keys()) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def goes_on_until_done(world: World, launchdarkly: RunningLaunchDarkly) -> None:
    """Run after run, minute by minute; in the end the flag is off, and the receipt says how it was left."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, launchdarkly)
    (action,) = world.state.actions(ActionStatus.DONE)
    assert (action.receipt_id, action.connector) == (f"{FLAG}/production/9", "flags")
    assert (launchdarkly.desk.keys(), launchdarkly.desk.now()["on"]) == ([action.idempotency_key], False)


@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_sets_it_back_once(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, launchdarkly):
        launchdarkly.plans.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, launchdarkly)
        goes_on_until_done(world, launchdarkly)


@given(st.lists(st.tuples(st.lists(st.sampled_from(WITHOUT_DELAY), max_size=6), st.integers(0, 6)), max_size=6))
@settings(max_examples=12)
def test_no_sequence_of_faults_sets_it_back_twice(runs: list[tuple[list[Fault], int]]) -> None:
    with TemporaryDirectory() as folder, approved(Path(folder)) as (world, launchdarkly):
        for faults, minutes in runs:
            launchdarkly.plans.extend(faults)
            execute_in_a_new_process(world, launchdarkly)
            launchdarkly.plans.clear()
            world.clock.advance(minutes * MINUTE)
        goes_on_until_done(world, launchdarkly)


class DiesAfterTheWrite(LaunchDarklyClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


def test_a_process_that_dies_after_the_write_is_taken_over_at_once_and_it_is_not_set_back_twice(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, launchdarkly):
        client = launchdarkly.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, launchdarkly, client)
        world.clock.advance(LEASE)
        assert len(execute_in_a_new_process(world, launchdarkly).done) == 1
        goes_on_until_done(world, launchdarkly)


def test_two_processes_at_once_set_it_back_once(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, launchdarkly):
        threads = [Thread(target=execute_in_a_new_process, args=(world, launchdarkly)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        goes_on_until_done(world, launchdarkly)
        assert [method for method, _ in launchdarkly.desk.asked].count("PATCH") == 1
