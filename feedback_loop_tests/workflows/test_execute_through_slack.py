"""The same approved action through Slack with every fault at every request: one message at most at any time, a reason while in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.slack.client import SlackClient
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionStatus, ProposalStatus
from feedback_loop.remediation.reversal import Wanted
from feedback_loop.workflows.execute import LEASE, ExecuteReport
from feedback_loop.workflows.lanes import lanes_of
from feedback_loop.workflows.undo import ask_to_undo
from feedback_loop_tests.adapters.slack.running import RunningSlack, rule_at, running_slack
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL
from feedback_loop_tests.workflows.outbox_world import PEOPLE, Died, World

MINUTE = timedelta(minutes=1)


@contextmanager
def approved(folder: Path) -> Iterator[tuple[World, RunningSlack]]:
    """A rollback that two people approved, and a Slack that is to ask for it, where much is said meanwhile."""
    world = World(folder)
    world.approved()
    with running_slack(world.clock) as slack:
        slack.desk.page_size = 3
        yield world, slack


def execute_in_a_new_process(world: World, slack: RunningSlack, client: SlackClient | None = None) -> ExecuteReport:
    """One run of the outbox, after which at most one message is there, and whatever is not done has its reason."""
    report = world.execute(lanes_of({"ops-slack": rule_at(slack.url)}, {"ops-slack": client or slack.client(timeout_seconds=0.5)}))
    slack.desk.chatter(2)
    assert len(ours(slack)) <= 1
    for action in world.state.actions(ActionStatus.QUEUED, ActionStatus.IN_DOUBT):
        assert action.action_id in {*report.why, *report.waiting}
    return report


def ours(slack: RunningSlack) -> list[str]:
    return [message["ts"] for message in slack.desk.channels[CHANNEL] if "metadata" in message]


def goes_on_until_done(world: World, slack: RunningSlack) -> None:
    """Run after run, minute by minute; in the end there is one message, and the receipt names it."""
    for _ in range(12):
        world.clock.advance(MINUTE)
        execute_in_a_new_process(world, slack)
    (action,) = world.state.actions(ActionStatus.DONE)
    (ts,) = ours(slack)
    assert (action.receipt_id, action.connector) == (f"{CHANNEL}/{ts}", "ops-slack")


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_any_request_ends_in_one_message(tmp_path: Path, fault: Fault, position: int) -> None:
    with approved(tmp_path) as (world, slack):
        slack.faults.extend([Fault.NONE] * position + [fault])
        execute_in_a_new_process(world, slack)
        goes_on_until_done(world, slack)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SILENCE_AFTER_WRITE])
def test_whatever_goes_wrong_with_every_request_for_a_while_ends_in_one_message(tmp_path: Path, fault: Fault) -> None:
    with approved(tmp_path) as (world, slack):
        for _ in range(3):
            slack.faults.extend([fault] * 20)
            execute_in_a_new_process(world, slack)
            slack.faults.clear()
            world.clock.advance(MINUTE)
        goes_on_until_done(world, slack)


class DiesAfterTheWrite(SlackClient):
    def perform(self, request: ActionRequest) -> Receipt:
        super().perform(request)
        raise Died


@pytest.mark.parametrize("later", [LEASE, timedelta(days=9)])
def test_a_process_that_dies_after_the_write_is_taken_over_without_a_second_one_however_late(tmp_path: Path, later: timedelta) -> None:
    with approved(tmp_path) as (world, slack):
        client = slack.client()
        client.__class__ = DiesAfterTheWrite
        with pytest.raises(Died):
            execute_in_a_new_process(world, slack, client)
        world.clock.advance(later)
        slack.desk.chatter(20)
        (action_id,) = execute_in_a_new_process(world, slack, slack.client()).done
        (action,) = world.state.actions(ActionStatus.DONE)
        assert (action.action_id, len(ours(slack))) == (action_id, 1)


def test_two_processes_at_once_write_one_message(tmp_path: Path) -> None:
    with approved(tmp_path) as (world, slack):
        first = slack.client()
        seen: list[ExecuteReport] = []

        class AnotherRunsMeanwhile(SlackClient):
            def perform(self, request: ActionRequest) -> Receipt:
                seen.append(execute_in_a_new_process(world, slack, slack.client()))
                return super().perform(request)

        first.__class__ = AnotherRunsMeanwhile
        execute_in_a_new_process(world, slack, first)
        assert (len(ours(slack)), seen[0].done) == (1, [])


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.DROP_AFTER_WRITE, Fault.ERROR_BEFORE_WRITE])
def test_what_was_asked_for_is_taken_back_on_the_same_message(tmp_path: Path, fault: Fault) -> None:
    with approved(tmp_path) as (world, slack):
        goes_on_until_done(world, slack)
        ((undone, _),) = world.state.decided()
        wanted = Wanted(undone.proposal_id)
        (reversal,) = ask_to_undo(wanted, "7.2.1 mends it", "cy", PEOPLE, world.state, world.grounds.rules, world.clock.now()).reversals
        for person in ("ada", "bo"):
            world.say(reversal.proposal_id, person)
        slack.faults.extend([Fault.NONE] * 12 + [fault])
        for _ in range(8):
            world.execute(lanes_of({"ops-slack": rule_at(slack.url)}, {"ops-slack": slack.client(timeout_seconds=0.5)}))
            world.clock.advance(MINUTE)
        message, reply = [one for one in slack.desk.channels[CHANNEL] if "metadata" in one]
        assert message["text"] == reply["text"] == "Taken back: Roll back release: release-6.4.0"
        assert reply["thread_ts"] == message["ts"]
        settled = world.state.proposal(undone.proposal_id)
        assert settled is not None
        assert settled.proposal_status is ProposalStatus.ROLLED_BACK
