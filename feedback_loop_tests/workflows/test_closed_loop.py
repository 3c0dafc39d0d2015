"""The loop through a company: what it looks at, what its people approve, and what an action changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.simulation import Found, Intervention
from feedback_loop.workflows.as_known import Findings
from feedback_loop.workflows.closed_loop import (
    APPROVAL_MINUTES,
    FIRST_DECIDED_DAY,
    TICK_HOURS,
    WORKING_HOURS,
    Loop,
    SimulatedWorld,
    approved_at,
    live_with_loop,
    live_without_loop,
)
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import (
    CAUSE,
    alert_row,
    all_documents,
    cause_row,
    frame,
    rollback_proposal,
    unknown_row,
)
from feedback_loop_tests.workflows.made_up_findings import findings, records
from feedback_loop_tests.workflows.made_up_history import analysed
from feedback_loop_tests.workflows.short_company import SEED, START_DAY, fault_of, short_company

DAY = START.date()
RISE = datetime.combine(DAY, time(8, 30), UTC)


def instant(hour: float) -> datetime:
    return datetime.combine(DAY, time(), UTC) + timedelta(hours=hour)


def at_day(number: int, hour: float) -> datetime:
    """So many hours into a day of the short company."""
    return datetime.combine(START_DAY, time(), UTC) + timedelta(days=number, hours=hour)


@dataclass
class FakeWorld:
    """Complaints rise at half past eight and stay, until an action hits the true cause."""

    causes: list[dict[str, Any]] | None = None
    is_quiet: bool = False
    end: datetime = START + timedelta(days=9)
    documents: pl.DataFrame = field(default_factory=lambda: frame("context_document", all_documents()))
    seed: int = 3
    records: pl.DataFrame = field(default_factory=records)
    looked_at: list[datetime] = field(default_factory=list)
    actions: list[Intervention] = field(default_factory=list)

    def findings(self, day: date, as_of: datetime) -> Findings:
        self.looked_at.append(as_of)
        is_mended = any(action.target == CAUSE and action.at <= as_of for action in self.actions)
        alerts = [] if self.is_quiet or as_of < RISE or is_mended else [alert_row()]
        return findings(as_of, *alerts, causes=self.causes)

    def act(self, action: Intervention) -> None:
        self.actions.append(action)


def looped(world: FakeWorld) -> Loop:
    loop = Loop(world, seed_playbooks())
    loop.look_at(DAY)
    return loop


def test_a_day_that_is_quiet_at_its_end_is_looked_at_once() -> None:
    world = FakeWorld(is_quiet=True)
    loop = looped(world)
    assert world.looked_at == [instant(24)]
    assert (loop.alerts, loop.executed, loop.proposed, loop.seen) == ([], [], [], [])


def test_a_rise_is_acted_on_at_the_first_look_after_it_and_two_people_approve() -> None:
    world = FakeWorld()
    loop = looped(world)
    assert [alert.raised_at for alert in loop.alerts] == [instant(9)]
    (done,) = loop.executed
    assert (done.action_kind, done.target, done.is_automatic) == (ActionKind.ROLL_BACK_RELEASE, CAUSE, False)
    assert instant(9) < done.executed_at < instant(13)
    assert world.actions == [Intervention(done.executed_at, "roll_back_release", CAUSE)]
    assert [(p.proposal_status, p.decided_at) for p in loop.proposed] == [(ProposalStatus.DONE, done.executed_at)]


def test_a_day_on_which_something_was_done_is_looked_at_anew_to_its_end() -> None:
    world = FakeWorld()
    loop = looped(world)
    assert world.looked_at == [instant(24), *(instant(hour) for hour in TICK_HOURS)]
    assert [found.alerts.height for found in loop.seen] == [0]


def test_people_approve_a_wrong_cause_as_they_would_the_true_one() -> None:
    world = FakeWorld(causes=[cause_row(cause_id="release-innocent")])
    loop = looped(world)
    assert [action.target for action in world.actions] == ["release-innocent"]
    assert loop.seen[0].alerts.height == 1, "the complaints go on"


def test_the_same_cause_is_acted_on_once_however_often_it_is_seen() -> None:
    world = FakeWorld(causes=[cause_row(cause_id="release-innocent")])
    loop = looped(world)
    assert len(loop.executed) == 1
    assert len(loop.alerts) > 1, "an alert is told as it stands at each look"


def test_where_no_cause_is_known_a_review_is_asked_for_and_nothing_changes() -> None:
    world = FakeWorld(causes=[unknown_row()])
    loop = looped(world)
    assert [(done.action_kind, done.is_automatic) for done in loop.executed] == [(ActionKind.QUEUE_FOR_REVIEW, True)]
    assert loop.executed[0].executed_at == instant(9) + timedelta(minutes=5)
    assert world.actions == []


def test_what_policy_refuses_is_not_carried_out() -> None:
    world = FakeWorld(documents=frame("context_document", []))
    loop = looped(world)
    refused = [proposal for proposal in loop.proposed if proposal.proposal_status is ProposalStatus.REFUSED]
    assert {proposal.action_kind for proposal in refused} == {ActionKind.ROLL_BACK_RELEASE}
    assert world.actions == []


def test_a_document_counts_from_its_landing_on() -> None:
    late = [row | {"landed_at": instant(16)} for row in all_documents()]
    world = FakeWorld(documents=frame("context_document", late))
    looped(world)
    assert [instant(18) < action.at for action in world.actions] == [True]


def test_what_would_be_done_after_the_end_changes_nothing() -> None:
    world = FakeWorld(end=instant(9))
    assert len(looped(world).executed) == 1
    assert world.actions == []


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is drawn beside it


@given(st.integers(0, 99), instants, st.integers(1, 3))
def test_people_approve_in_working_hours_and_always_at_the_same_time(seed: int, now: datetime, people: int) -> None:
    proposal = replace(rollback_proposal(), approvals_required_count=people)
    at = approved_at(seed, proposal, now)
    assert WORKING_HOURS[0] <= at.hour < WORKING_HOURS[1]
    assert now + timedelta(minutes=people * APPROVAL_MINUTES[0]) <= at <= now + timedelta(hours=10, minutes=people * APPROVAL_MINUTES[1])
    assert approved_at(seed, proposal, now) == at


def test_what_needs_nobody_is_approved_at_once_also_at_night() -> None:
    assert approved_at(1, replace(rollback_proposal(), approvals_required_count=0), instant(3)) == instant(3)


def world(*actions: Intervention) -> SimulatedWorld:
    """The short company with the actions done in it from the start."""
    return SimulatedWorld(short_company(), SEED, START_DAY, analysed(), MemoryTableStore, list(actions))


def known(world: SimulatedWorld) -> set[tuple[str, datetime]]:
    """The versions of records that were delivered, with the instants at which they landed."""
    return set(world.records.select("record_version_id", "landed_at").iter_rows())


ROLLBACK = Intervention(at_day(3, 9), "roll_back_release", str(fault_of(short_company()).cause.reference))
EARLIER = replace(ROLLBACK, at=at_day(2, 20))
WRONG = Intervention(at_day(3, 9), "roll_back_config", str(fault_of(short_company()).innocent))


@pytest.fixture(scope="module")
def untouched() -> set[tuple[str, datetime]]:
    return known(world())


def test_up_to_the_first_action_the_company_lives_as_without_the_loop(untouched: set[tuple[str, datetime]]) -> None:
    acted = world()
    acted.act(ROLLBACK)
    before = {row for row in untouched if row[1] <= ROLLBACK.at}
    assert {row for row in known(acted) if row[1] <= ROLLBACK.at} == before
    assert len(before) < len(known(acted)) < len(untouched)
    without, hours = live_without_loop(short_company(), SEED, START_DAY).simulation, timedelta(hours=1)
    assert [m for m in acted.simulation.messages if m.occurred_at < ROLLBACK.at - hours] == [
        m for m in without.messages if m.occurred_at < ROLLBACK.at - hours
    ]


def test_a_wrong_action_changes_nothing(untouched: set[tuple[str, datetime]]) -> None:
    acted = world()
    acted.act(WRONG)
    assert known(acted) == untouched
    assert acted.simulation.interventions == (WRONG,)


def test_an_action_that_comes_before_one_decided_on_earlier_changes_all_that_follows() -> None:
    acted = world()
    acted.act(ROLLBACK)
    acted.act(EARLIER)
    assert acted.simulation.interventions == (EARLIER, ROLLBACK)
    assert known(acted) == known(world(EARLIER, ROLLBACK)) != known(world(ROLLBACK))


def test_a_company_without_a_rise_lives_with_a_loop_as_without_it() -> None:
    scenario, told = short_company(days=FIRST_DECIDED_DAY + 2, volume=0.05).model_copy(update={"faults": []}), list[date]()
    lived = live_with_loop(scenario, SEED, START_DAY, analysed(), MemoryTableStore, told.append)
    without = live_without_loop(scenario, SEED, START_DAY)
    assert lived.simulation.messages == without.simulation.messages
    assert (lived.found.actions, without.found, without.proposed) == ([], Found(), ())
    assert told == [START_DAY + timedelta(days=FIRST_DECIDED_DAY + n) for n in range(2)]
