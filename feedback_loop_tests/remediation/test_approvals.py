"""Approvals: whatever people do in whatever order, nothing is approved without enough distinct, entitled people who saw the arguments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from feedback_loop.contracts.decisions import LOOP, Approval, Proposal, Settlement
from feedback_loop.contracts.identity import KnownBy
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.errors import DecisionRefused, IllegalTransition
from feedback_loop.remediation.approvals import (
    OPEN,
    TRANSITIONS,
    approve,
    approved_by,
    check_transition,
    claim_refusal,
    deciding_roles,
    expired,
    is_entitled,
    reject,
    revoke,
)
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

PROPOSAL = rollback_proposal()
HASH = PROPOSAL.arguments_hash
ROLES = ("release_manager",)
PEOPLE = {"ada": ROLES, "bo": ("incident_commander",), "cy": ("intern",), LOOP: ROLES}


def said(person: str, verdict: ApprovalVerdict = ApprovalVerdict.APPROVE, *, at: datetime = START, seen: str = HASH) -> Approval:
    return Approval(PROPOSAL.proposal_id, person, verdict, seen, at)


def test_the_second_person_approves_a_high_risk() -> None:
    first = approve(PROPOSAL, [], said("ada"), ROLES)
    assert (first.status, first.approvals_given_count) == (ProposalStatus.AWAITING_APPROVAL, 1)
    second = approve(PROPOSAL, [said("ada")], said("bo"), PEOPLE["bo"])
    assert (second.status, second.approvals_given_count) == (ProposalStatus.APPROVED, 2)


@pytest.mark.parametrize(
    ("given", "roles", "reason"),
    [
        (said("ada"), ROLES, RefusalReason.SAME_APPROVER_TWICE),
        (said(LOOP), ROLES, RefusalReason.APPROVER_IS_REQUESTER),
        (said("cy"), ("intern",), RefusalReason.APPROVER_LACKS_ROLE),
        (said("cy"), (), RefusalReason.APPROVER_LACKS_ROLE),
        (said("bo", seen="other"), ROLES, RefusalReason.ARGUMENTS_CHANGED),
        (said("bo", at=PROPOSAL.expires_at), ROLES, RefusalReason.EXPIRED),
    ],
)
def test_an_approval_that_does_not_count_says_why(given: Approval, roles: tuple[str, ...], reason: RefusalReason) -> None:
    with pytest.raises(DecisionRefused, match=reason) as refused:
        approve(PROPOSAL, [said("ada")], given, roles)
    assert refused.value.reason == reason


LOW = replace(PROPOSAL, approvals_required_count=1, approver_roles=("content_owner", "administrator"))
"""One person is enough for it; its playbook names the administrator, which helps nobody."""


@pytest.mark.parametrize(
    ("proposal", "roles", "counts"),
    [
        (LOW, ("content_owner",), True),
        (LOW, ("approver:crash",), True),
        (LOW, ("approver:billing",), False),
        (LOW, ("administrator",), False),
        (LOW, ("auditor", "content_owner"), False),
        (LOW, ("auditor", "approver:crash"), False),
        (LOW, ("administrator", "content_owner"), True),
        (PROPOSAL, ("approver:crash",), False),
        (PROPOSAL, ("auditor", "release_manager"), False),
        (replace(LOW, evidence={}), ("approver:crash",), False),
    ],
)
def test_who_decides_has_a_role_of_the_playbook_or_for_what_one_may_decide_of_the_class(
    proposal: Proposal, roles: tuple[str, ...], counts: bool
) -> None:
    assert is_entitled(proposal, roles) is counts
    second = {"bo": ("incident_commander",)} if proposal is PROPOSAL else {}
    refusal = claim_refusal(proposal, [said("ada"), said("bo")], {"ada": roles, **second}, HASH, START)
    assert refusal is (None if counts else RefusalReason.APPROVER_LACKS_ROLE)
    if counts:
        assert approve(proposal, [], said("ada"), roles).approvals_given_count == 1
    else:
        with pytest.raises(DecisionRefused, match="approver_lacks_role"):
            approve(proposal, [], said("ada"), roles)


def test_a_playbook_that_names_who_never_approves_goes_on_without_them() -> None:
    named = replace(LOW, approver_roles=("auditor", "administrator", "content_owner"))
    assert deciding_roles(named) == {"content_owner", "approver:crash"}
    assert deciding_roles(replace(named, approvals_required_count=2)) == {"content_owner"}


def test_an_approval_counts_under_the_way_in_which_its_person_was_known() -> None:
    signed = [replace(said(person), known_by=KnownBy.TOKEN) for person in ("ada", "bo")]
    by_token = {f"token:{person}": PEOPLE[person] for person in ("ada", "bo")}
    assert claim_refusal(PROPOSAL, signed, by_token, HASH, START) is None
    for approvals, people in ((signed, PEOPLE), ([said("ada"), said("bo")], by_token), ([signed[0], said("bo")], by_token)):
        assert claim_refusal(PROPOSAL, approvals, people, HASH, START) is RefusalReason.APPROVER_LACKS_ROLE


def test_what_came_from_a_backfill_can_not_be_approved() -> None:
    with pytest.raises(DecisionRefused, match=r"not_live\. It came from a backfill"):
        approve(replace(PROPOSAL, is_executable=False), [], said("ada"), ROLES)


def test_an_approval_of_other_arguments_does_not_count() -> None:
    assert approved_by(PROPOSAL, [said("ada"), said("bo", seen="other")]) == ("ada",)


def test_the_last_word_of_a_person_counts() -> None:
    later = START + timedelta(minutes=1)
    words = [said("ada"), said("bo"), said("ada", ApprovalVerdict.REVOKE, at=later)]
    assert approved_by(PROPOSAL, words) == ("bo",)
    assert approved_by(PROPOSAL, [*words, said("ada", at=later + timedelta(minutes=1))]) == ("ada", "bo")


def test_one_person_with_a_role_rejects_for_good() -> None:
    rejected = reject(PROPOSAL, [], said("ada", ApprovalVerdict.REJECT), ROLES)
    assert (rejected.status, rejected.refusal_reason) == (ProposalStatus.REFUSED, RefusalReason.REJECTED_BY_PERSON)
    with pytest.raises(DecisionRefused):
        reject(PROPOSAL, [], said("cy", ApprovalVerdict.REJECT), ("intern",))


@pytest.mark.parametrize("status", ["claimed", "in_doubt", "done", "failed", "rolled_back", "expired", "refused"])
def test_what_was_claimed_or_is_over_can_be_neither_approved_rejected_nor_revoked(status: str) -> None:
    proposal = replace(PROPOSAL, proposal_status=ProposalStatus(status))
    with pytest.raises(IllegalTransition):
        approve(proposal, [said("ada")], said("bo"), ROLES)
    with pytest.raises(IllegalTransition):
        reject(proposal, [], said("bo", ApprovalVerdict.REJECT), ROLES)
    with pytest.raises(IllegalTransition):
        revoke(proposal, [said("bo")], said("bo", ApprovalVerdict.REVOKE))


def test_only_who_approved_can_revoke() -> None:
    approved = replace(PROPOSAL, proposal_status=ProposalStatus.APPROVED)
    words = [said("ada"), said("bo")]
    settled = revoke(approved, words, said("bo", ApprovalVerdict.REVOKE, at=START + timedelta(minutes=1)))
    assert (settled.status, settled.approvals_given_count) == (ProposalStatus.AWAITING_APPROVAL, 1)
    with pytest.raises(DecisionRefused, match="nothing_to_revoke"):
        revoke(approved, words, said("cy", ApprovalVerdict.REVOKE))


def test_every_transition_that_is_not_listed_is_impossible() -> None:
    for present, wanted in product(ProposalStatus, ProposalStatus):
        proposal = replace(PROPOSAL, proposal_status=present)
        if wanted in TRANSITIONS[present]:
            check_transition(proposal, wanted)
        else:
            with pytest.raises(IllegalTransition):
                check_transition(proposal, wanted)


def test_an_approval_is_used_once() -> None:
    reachable, frontier = set(), {ProposalStatus.CLAIMED}
    while frontier:
        reachable |= frontier
        frontier = {status for present in frontier for status in TRANSITIONS[present]} - reachable
    assert not reachable & OPEN


def test_a_claim_asks_everything_again() -> None:
    words, at = [said("ada"), said("bo")], START + timedelta(minutes=5)
    assert claim_refusal(PROPOSAL, words, PEOPLE, HASH, at) is None
    assert claim_refusal(replace(PROPOSAL, is_executable=False), words, PEOPLE, HASH, at) is RefusalReason.NOT_LIVE
    assert claim_refusal(PROPOSAL, words, PEOPLE, HASH, PROPOSAL.expires_at) is RefusalReason.EXPIRED
    assert claim_refusal(PROPOSAL, words, PEOPLE, "other", at) is RefusalReason.ARGUMENTS_CHANGED
    assert claim_refusal(PROPOSAL, words[:1], PEOPLE, HASH, at) is RefusalReason.APPROVER_LACKS_ROLE
    assert claim_refusal(PROPOSAL, words, PEOPLE | {"bo": ()}, HASH, at) is RefusalReason.APPROVER_LACKS_ROLE
    assert claim_refusal(replace(PROPOSAL, approvals_required_count=0), [], {}, HASH, at) is None


def test_silence_is_a_refusal() -> None:
    assert not expired(PROPOSAL, PROPOSAL.expires_at - timedelta(microseconds=1))
    assert expired(PROPOSAL, PROPOSAL.expires_at)
    assert not expired(replace(PROPOSAL, proposal_status=ProposalStatus.CLAIMED), PROPOSAL.expires_at)


class Deciding(RuleBasedStateMachine):
    """People say anything in any order, time passes, and the machine claims whenever it is allowed to."""

    @initialize()
    def begin(self) -> None:
        self.proposal: Proposal = PROPOSAL
        self.words: list[Approval] = []
        self.at = START
        self.claims = 0

    @rule(person=st.sampled_from([*PEOPLE, "nobody"]), verdict=st.sampled_from(ApprovalVerdict), seen=st.sampled_from([HASH, "other"]))
    def says(self, person: str, verdict: ApprovalVerdict, seen: str) -> None:
        self.at += timedelta(seconds=1)
        given, roles = said(person, verdict, at=self.at, seen=seen), PEOPLE.get(person, ())
        try:
            settled = self._settled(given, roles)
        except (DecisionRefused, IllegalTransition):
            return
        check_transition(self.proposal, settled.status)
        self.words.append(given)
        self.proposal = replace(self.proposal, proposal_status=settled.status)

    def _settled(self, given: Approval, roles: tuple[str, ...]) -> Settlement:
        if given.approval_verdict is ApprovalVerdict.REVOKE:
            return revoke(self.proposal, self.words, given)
        decide = approve if given.approval_verdict is ApprovalVerdict.APPROVE else reject
        return decide(self.proposal, self.words, given, roles)

    @rule(hours=st.integers(0, 13))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule()
    def claims_if_it_may(self) -> None:
        if self.proposal.proposal_status is not ProposalStatus.APPROVED:
            return
        if claim_refusal(self.proposal, self.words, PEOPLE, HASH, self.at) is None:
            self.claims += 1
            assert self.at < PROPOSAL.expires_at
            self.proposal = replace(self.proposal, proposal_status=ProposalStatus.CLAIMED)

    @invariant()
    def nothing_is_approved_without_two_entitled_people(self) -> None:
        if self.proposal.proposal_status in (ProposalStatus.APPROVED, ProposalStatus.CLAIMED):
            people = approved_by(self.proposal, self.words)
            assert set(people) <= {"ada", "bo"}
            assert len(people) == 2
        assert self.claims <= 1


Deciding.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
test_whatever_people_do = Deciding.TestCase
