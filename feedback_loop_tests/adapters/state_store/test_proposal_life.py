"""The life of a proposal on the real store: whatever people, time and executors do in whatever order, only what may follow follows."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from feedback_loop.contracts.decisions import OutboxAction, Proposal, Settlement
from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.errors import DecisionRefused, IllegalTransition
from feedback_loop.remediation.approvals import TRANSITIONS
from feedback_loop.workflows.audit import verified
from feedback_loop.workflows.execute import refusal_now
from feedback_loop_tests.workflows.outbox_world import World

WORDS = [ApprovalVerdict.APPROVE] * 6 + list(ApprovalVerdict)
MEMORY = Path("/dev/shm")
STANDS: dict[ProposalStatus, set[ActionStatus | None]] = {
    ProposalStatus.APPROVED: {ActionStatus.QUEUED},
    ProposalStatus.CLAIMED: {ActionStatus.CLAIMED},
    ProposalStatus.IN_DOUBT: {ActionStatus.IN_DOUBT},
    ProposalStatus.DONE: {ActionStatus.DONE},
    ProposalStatus.FAILED: {ActionStatus.FAILED},
    ProposalStatus.REFUSED: {ActionStatus.FAILED, None},
    ProposalStatus.EXPIRED: {ActionStatus.FAILED, None},
}
"""Where the action can stand while its proposal stands there; elsewhere there is none."""


class Living(RuleBasedStateMachine):
    """One proposal that needs two people, a clock, and executors that may know of earlier tries only."""

    reached: Counter[ProposalStatus] = Counter()

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.world = World(Path(self.folder.name))
        (self.proposal_id,) = self.world.propose()
        self.claimed_from: Counter[ProposalStatus] = Counter()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @property
    def proposal(self) -> Proposal:
        found = self.world.state.proposal(self.proposal_id)
        assert found is not None
        return found

    @property
    def status(self) -> ProposalStatus:
        return self.proposal.proposal_status

    @property
    def action(self) -> OutboxAction | None:
        return next(iter(self.world.state.actions(*ActionStatus)), None)

    @rule(
        person=st.sampled_from(["ada", "bo", "ada", "bo", "cy"]),
        verdict=st.sampled_from(WORDS),
    )
    def somebody_says_something(self, person: str, verdict: ApprovalVerdict) -> None:
        before = self.proposal
        try:
            self.world.say(self.proposal_id, person, verdict)
        except (DecisionRefused, IllegalTransition):
            assert self.proposal == before

    @precondition(lambda self: self.status is ProposalStatus.AWAITING_APPROVAL)
    @rule()
    def two_people_approve_and_an_executor_comes(self) -> None:
        for person in ("ada", "bo"):
            self.somebody_says_something(person, ApprovalVerdict.APPROVE)
        if self.action is not None:
            self.an_executor_claims(0, refuses=False)

    @rule(status=st.sampled_from(ProposalStatus))
    def somebody_forces_what_may_not_follow(self, status: ProposalStatus) -> None:
        before = self.proposal
        if status in TRANSITIONS[before.proposal_status]:
            return
        try:
            self.world.state.settle(self.proposal_id, lambda *_: Settlement(status), "ada", self.world.clock.now())
        except IllegalTransition:
            assert self.proposal == before
        else:
            raise AssertionError(f"{before.proposal_status} became {status}")

    @rule(hours=st.sampled_from([0] * 6 + [1, 23]))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance(timedelta(hours=hours, seconds=1))
        self.world.state.expire(self.world.clock.now())

    @precondition(lambda self: self.action is not None)
    @rule(earlier=st.sampled_from([0, 0, 0, 1]), refuses=st.sampled_from([False] * 5 + [True]))
    def an_executor_claims(self, earlier: int, refuses: bool) -> None:
        before, action, now = self.status, self.action, self.world.clock.now()
        assert action is not None
        judge = refusal_now(self.world.grounds, self.world.people, now)
        tried = action.attempt_count - earlier
        claimed = self.world.state.claim(
            action.action_id, (lambda *_: RefusalReason.STALE_EVIDENCE) if refuses else judge, "desk", now, tried
        )
        may = action.action_status in (ActionStatus.QUEUED, ActionStatus.IN_DOUBT) and not earlier
        if isinstance(claimed, OutboxAction):
            assert may
            assert claimed == self.action
            self.claimed_from[before] += 1
            self.reached[before] += 1
        else:
            assert (claimed is not None) == (may and self.status in (ProposalStatus.REFUSED, ProposalStatus.EXPIRED))

    @precondition(lambda self: self.action is not None)
    @rule(status=st.sampled_from([ActionStatus.IN_DOUBT] * 3 + [ActionStatus.DONE, ActionStatus.FAILED]), earlier=st.integers(0, 1))
    def an_executor_tells_what_came_of_it(self, status: ActionStatus, earlier: int) -> None:
        action = self.action
        assert action is not None
        receipt = "receipt_1" if status is ActionStatus.DONE else None
        self.world.state.finish(action.action_id, status, receipt, self.world.clock.now(), action.attempt_count - earlier)
        is_open = action.action_status in (ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)
        after = self.action
        assert after is not None
        expected = status if is_open and (not earlier or status is ActionStatus.DONE) else action.action_status
        assert after.action_status is expected

    @precondition(lambda self: self.status is ProposalStatus.CLAIMED)
    @rule()
    def it_stays_in_doubt_and_is_claimed_again(self) -> None:
        self.an_executor_tells_what_came_of_it(ActionStatus.IN_DOUBT, 0)
        self.an_executor_claims(0, refuses=False)

    @invariant()
    def only_what_may_follow_has_followed(self) -> None:
        contents = self.world.state.contents()
        moved = [contents[record.sequence][1] for record in self.world.state.records() if record.event == "proposal_moved"]
        assert all(ProposalStatus(str(move["to"])) in TRANSITIONS[ProposalStatus(str(move["from"]))] for move in moved)
        assert all(before["to"] == after["from"] for before, after in pairwise(moved))
        assert not moved or moved[-1]["to"] == self.status

    @invariant()
    def the_approval_is_used_once(self) -> None:
        assert self.claimed_from[ProposalStatus.APPROVED] <= 1
        assert set(self.claimed_from) <= {ProposalStatus.APPROVED, ProposalStatus.IN_DOUBT}
        action = self.action
        assert action is None or action.attempt_count == self.claimed_from.total()

    @invariant()
    def the_action_stands_where_its_proposal_stands(self) -> None:
        action = self.action
        assert (None if action is None else action.action_status) in STANDS.get(self.status, {None})

    @invariant()
    def the_trail_verifies_and_the_rows_are_as_it_says(self) -> None:
        assert verified(self.world.state, self.world.state).breaks == ()


def test_whatever_happens_only_what_may_follow_follows() -> None:
    run_state_machine_as_test(Living, settings=settings(max_examples=15, stateful_step_count=20, deadline=None))
    assert min(Living.reached[status] for status in (ProposalStatus.APPROVED, ProposalStatus.IN_DOUBT)) > 0, "not much has happened"
