"""Each proposal that waits is asked about once, whoever asks and whatever dies; its message then says how it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.slack.approvals import SlackApprovals
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import ConnectorRefused
from feedback_loop.workflows.ask_in_slack import ASKED, SHOWN, AskReport, ask_in_slack, standing, what_is_to_say
from feedback_loop.workflows.posted_once import CLAIM
from feedback_loop_tests.adapters.slack.running import RunningSlack, running_slack
from feedback_loop_tests.adapters.slack.slack_desk import APPROVALS
from feedback_loop_tests.workflows.outbox_world import Died, World

ATTEMPTS = count()
TITLE = "Roll back release of release-6.4.0"


@dataclass
class FakeChannel:
    """A channel in memory; `script` says what happens at the next posts, before or after the message is there."""

    script: deque[str] = field(default_factory=deque)
    messages: dict[str, str] = field(default_factory=dict)
    connector: str = "ops-slack"

    def asked(self, proposal: Proposal) -> str | None:
        return proposal.proposal_id if proposal.proposal_id in self.messages else None

    def ask(self, proposal: Proposal, begun_at: datetime) -> str:
        step = self.script.popleft() if self.script else "fine"
        if step == "die_before":
            raise Died
        assert proposal.proposal_id not in self.messages, "it was posted twice"
        self.messages[proposal.proposal_id] = standing(proposal)
        if step == "die_after":
            raise Died
        return proposal.proposal_id

    def show(self, message_id: str, proposal: Proposal) -> None:
        if message_id not in self.messages:
            raise ConnectorRefused(self.connector, message_id, "it says message_not_found")
        self.messages[message_id] = standing(proposal)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.propose()
    return made


@pytest.fixture
def slack(world: World) -> Iterator[RunningSlack]:
    with running_slack(world.clock) as running:
        yield running


def ask(world: World, channel: FakeChannel | SlackApprovals) -> AskReport:
    """A round of a new process."""
    return ask_in_slack(world.state, channel, world.clock, f"attempt_{next(ATTEMPTS)}")


def the_proposal(world: World) -> str:
    ((proposal, _),) = world.state.decided()
    return proposal.proposal_id


def test_a_proposal_is_asked_about_once_and_its_message_follows_it(world: World) -> None:
    channel, proposal_id = FakeChannel(), the_proposal(world)
    assert what_is_to_say(world.state) == [f"{proposal_id}: awaiting_approval 0"]
    assert ask(world, channel).asked == [proposal_id]
    assert not what_is_to_say(world.state)
    assert ask(world, channel) == AskReport()
    world.say(proposal_id, "ada")
    assert what_is_to_say(world.state)
    assert ask(world, channel).shown == [proposal_id]
    assert channel.messages == {proposal_id: "awaiting_approval 1"}
    world.say(proposal_id, "bo")
    ask(world, channel)
    assert channel.messages == {proposal_id: "approved 2"}
    assert [len(world.state.told(event)) for event in (ASKED, SHOWN)] == [1, 2]


@pytest.mark.parametrize("verdict", [ApprovalVerdict.REJECT, None])
def test_what_is_denied_or_expires_says_so(world: World, verdict: ApprovalVerdict | None) -> None:
    channel, proposal_id = FakeChannel(), the_proposal(world)
    ask(world, channel)
    if verdict is None:
        world.clock.advance(timedelta(days=30))
    else:
        world.say(proposal_id, "ada", verdict)
    ask(world, channel)
    assert channel.messages[proposal_id].split()[0] == ("expired" if verdict is None else "refused")


def test_what_nobody_has_to_decide_is_not_asked_about(world: World) -> None:
    channel, proposal_id = FakeChannel(), the_proposal(world)
    for person in ("ada", "bo"):
        world.say(proposal_id, person)
    assert ask(world, channel) == AskReport()
    assert not what_is_to_say(world.state)
    assert channel.messages == {}


@pytest.mark.parametrize("step", ["die_before", "die_after"])
def test_a_process_that_dies_is_taken_over_after_a_while_without_a_second_message(world: World, step: str) -> None:
    channel, proposal_id = FakeChannel(deque([step])), the_proposal(world)
    with pytest.raises(Died):
        ask(world, channel)
    assert ask(world, channel).left == {proposal_id: "another process is posting it, or has just tried to"}
    world.clock.advance(CLAIM)
    assert ask(world, channel).asked == [proposal_id]
    assert list(channel.messages) == [proposal_id]


def test_of_two_at_once_one_posts(world: World) -> None:
    channel, proposal_id = FakeChannel(), the_proposal(world)
    others: list[AskReport] = []

    class AnotherComesMeanwhile(FakeChannel):
        def asked(self, proposal: Proposal) -> str | None:
            others.append(ask(world, channel))
            return channel.asked(proposal)

        def ask(self, proposal: Proposal, begun_at: datetime) -> str:
            return channel.ask(proposal, begun_at)

    assert ask(world, AnotherComesMeanwhile()).asked == [proposal_id]
    assert [list(report.left) for report in others] == [[proposal_id]]
    assert list(channel.messages) == [proposal_id]


def test_a_message_that_somebody_deleted_is_given_up(world: World) -> None:
    channel, proposal_id = FakeChannel(), the_proposal(world)
    ask(world, channel)
    channel.messages.clear()
    world.say(proposal_id, "ada")
    assert list(ask(world, channel).left) == [proposal_id]
    assert ask(world, channel) == AskReport()
    assert not what_is_to_say(world.state)


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.SILENCE_AFTER_WRITE])
def test_through_slack_whatever_goes_wrong_ends_in_one_message_that_says_how_it_stands(
    world: World, slack: RunningSlack, fault: Fault, position: int
) -> None:
    def channel(timeout_seconds: float = 5.0) -> SlackApprovals:
        return SlackApprovals(slack.client(timeout_seconds), APPROVALS, world.clock)

    slack.faults.extend([Fault.NONE] * position + [fault] * (4 if position == 0 else 1))
    ask(world, channel(0.5))
    slack.faults.clear()
    slack.desk.chatter(3, APPROVALS)
    world.clock.advance(CLAIM)
    ask(world, channel())
    assert [said for said in slack.desk.said(APPROVALS) if TITLE in said] == [f"Approval needed: {TITLE}"]
    for person in ("ada", "bo"):
        world.say(the_proposal(world), person)
    slack.faults.append(fault)
    ask(world, channel(0.5))
    slack.faults.clear()
    ask(world, channel())
    assert [said for said in slack.desk.said(APPROVALS) if TITLE in said] == [f"Approved: {TITLE}"]
