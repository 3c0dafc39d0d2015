"""Which way an action takes, what holds it up there, and what a new process knows of the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, RefusalReason
from feedback_loop.remediation.circuit import Waiting, WaitReason
from feedback_loop.remediation.connectors import parse_connectors
from feedback_loop.workflows.lanes import SLOW, Lane, Lanes, lanes_of, one_lane
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.test_connectors import FULL
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, made_up_action

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def two_lanes() -> Lanes:
    """One that is switched on, with at most ten a minute and two failures, and one that is not."""
    return lanes_of(parse_connectors(FULL), {"desk": FakeCaseSystem()})


def named(lane: Lane | None) -> str | None:
    return None if lane is None else lane.name


def test_what_was_never_sent_goes_by_its_kind_and_what_was_sent_stays_in_its_lane() -> None:
    lanes = two_lanes()
    assert named(lanes.of(made_up_action(ActionStatus.QUEUED, kind=ActionKind.ROUTE_WITH_CONTEXT))) == "desk"
    assert named(lanes.of(made_up_action(ActionStatus.QUEUED, kind=ActionKind.OPEN_INCIDENT))) == "ops-jira"
    assert lanes.of(made_up_action(ActionStatus.QUEUED, kind=ActionKind.RETRY_JOB)) is None
    assert named(lanes.of(made_up_action(ActionStatus.IN_DOUBT, kind=ActionKind.ROUTE_WITH_CONTEXT, connector="ops-jira"))) == "ops-jira"
    assert lanes.of(made_up_action(ActionStatus.IN_DOUBT, kind=ActionKind.ROUTE_WITH_CONTEXT, connector="gone")) is None


@pytest.mark.parametrize(("connector", "lane"), [("ops-jira", "ops-jira"), ("desk", "desk"), ("gone", None)])
def test_a_reversal_goes_where_its_action_went_whatever_the_lanes_take(connector: str, lane: str | None) -> None:
    reversal = replace(made_up_action(ActionStatus.QUEUED, kind=ActionKind.REVERSE_ACTION), action_arguments={"connector": connector})
    assert named(two_lanes().of(reversal)) == lane
    assert named(one_lane(FakeCaseSystem()).of(reversal)) == ("desk" if connector == "desk" else None)
    assert named(one_lane(None).of(reversal)) == "dry run"


def test_one_system_takes_everything_and_nothing_holds_it_up() -> None:
    (lane,) = one_lane(FakeCaseSystem()).lanes
    assert (lane.name, set(lane.takes), lane.refusal(ActionKind.RETRY_JOB, {})) == ("desk", set(ActionKind), None)
    for _ in range(1000):
        lane.asks(START)
        lane.failed(START)
    assert (lane.waits(START), lane.is_ailing) == (None, False)
    assert not one_lane(None).are_any_switched_on
    assert two_lanes().are_any_switched_on


def test_a_lane_refuses_what_its_limits_forbid() -> None:
    lane = two_lanes().lanes[1]
    assert lane.refusal(ActionKind.ROLL_BACK_RELEASE, {"environment": "test"}) is RefusalReason.ENVIRONMENT_NOT_ALLOWED


def test_failures_and_too_many_questions_make_a_lane_wait_with_the_reason() -> None:
    lane = two_lanes().lanes[0]
    lane.failed(START)
    assert (lane.waits(START), lane.is_ailing) == (None, True)
    lane.failed(START)
    assert lane.waits(START) == Waiting(WaitReason.NO_ANSWER, "desk", START + 15 * MINUTE)
    lane.answered(START)
    for _ in range(10):
        lane.asks(START)
    assert lane.waits(START + SECOND) == Waiting(WaitReason.TOO_MANY_A_MINUTE, "desk", START + MINUTE)


def test_a_lane_that_takes_long_lets_others_go_first_but_waits_for_nothing() -> None:
    lane = one_lane(FakeCaseSystem()).lanes[0]
    lane.asks(START)
    lane.answered(START + SLOW)
    assert (lane.is_ailing, lane.waits(START + SLOW)) == (True, None)
    lane.asks(START + SLOW)
    lane.answered(START + SLOW + SECOND)
    assert not lane.is_ailing


def test_a_new_process_knows_of_an_outage_by_what_is_in_doubt_since_the_last_answer() -> None:
    def at(status: ActionStatus, minute: int) -> object:
        return made_up_action(status, connector="desk", claimed_at=START + minute * MINUTE)

    doubt, done = ActionStatus.IN_DOUBT, ActionStatus.DONE
    for given, failures in (
        ([], 0),
        ([at(done, 1)], 0),
        ([at(doubt, 1), at(done, 2)], 0),
        ([at(doubt, 1), at(done, 2), at(doubt, 3)], 1),
        ([at(doubt, 5), at(done, 2), at(doubt, 3)], 2),
        ([at(doubt, 5), at(ActionStatus.FAILED, 6)], 0),
    ):
        lanes = two_lanes()
        lanes.remember(given)  # type: ignore[arg-type]
        lanes.remember(given)  # type: ignore[arg-type]
        desk, jira = lanes.lanes
        assert desk.circuit is not None
        assert desk.circuit.failures == failures
        assert not jira.is_ailing
    lanes = two_lanes()
    lanes.remember([at(doubt, 3), at(doubt, 5)])  # type: ignore[list-item]
    assert lanes.lanes[0].waits(START + 6 * MINUTE) == Waiting(WaitReason.NO_ANSWER, "desk", START + 20 * MINUTE)
    assert lanes.lanes[0].waits(START + 20 * MINUTE) is None


def test_a_new_process_knows_what_was_claimed_within_the_minute() -> None:
    lanes = two_lanes()
    lanes.remember([made_up_action(ActionStatus.DONE, connector="desk", claimed_at=START + n * SECOND) for n in range(10)])
    assert lanes.lanes[0].waits(START + 10 * SECOND) == Waiting(WaitReason.TOO_MANY_A_MINUTE, "desk", START + MINUTE)
    assert lanes.lanes[0].waits(START + MINUTE) is None
