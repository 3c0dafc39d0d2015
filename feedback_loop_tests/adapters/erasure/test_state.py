"""The state store forgets in one transaction, and its trail verifies whatever stood in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_loop.adapters.erasure.state import ErasableState, found, looking, message_ids_before, recipients, rewrite
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.contracts.decisions import PROPOSAL_TABLE, Approval, Proposal, Settlement
from feedback_loop.contracts.erasure import ERASED as GONE
from feedback_loop.contracts.erasure import Erased
from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.approvals import approve
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop.workflows.audit import verified
from feedback_loop_tests.adapters.erasure.planted import ERASED_AT, MINE, THEIRS, label, message
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.postgres_server import Cluster
from feedback_loop_tests.remediation.made_up_case import issue_row, proposed, rollback_proposal

ROLLBACK = rollback_proposal(issues=[issue_row()])
REVIEW = proposed(causes=[])[0]
ERASED = Erased(customer_ids=frozenset({MINE}), fragment_ids=frozenset({"fragment_1"}))
LABEL, MESSAGE = TABLES["state_label"], TABLES["remediation_message"]


@pytest.fixture
def url(state_url: str) -> str:
    return state_url


@pytest.fixture
def state(tmp_path: Path, url: str) -> ErasableState:
    return ErasableState(url, AnchorFile(tmp_path / "anchor.jsonl"), FakeClock())


@pytest.fixture(autouse=True)
def the_trail_verifies(state: ErasableState) -> Iterator[None]:
    yield
    assert verified(state, state).breaks == ()


def lose(state: ErasableState) -> None:
    state.lose(ERASED, "ada", ERASED_AT)


def held(state: ErasableState, proposal: Proposal) -> Proposal:
    now = state.proposal(proposal.proposal_id)
    assert now is not None
    return now


def says(proposal: Proposal, person: str, verdict: ApprovalVerdict = ApprovalVerdict.APPROVE) -> Callable[..., Settlement]:
    given = Approval(proposal.proposal_id, person, verdict, proposal.arguments_hash, START)
    return lambda held, words: approve(held, words, given, held.approver_roles)


def test_messages_and_labels_of_the_erased_go_and_those_of_others_stay(state: ErasableState) -> None:
    state.record(MESSAGE, [message(MINE), message(THEIRS)], "loop", START)
    state.record(LABEL, [label(1), label(2)], "ada", START)
    lose(state)
    assert state.snapshot(MESSAGE)["recipient_customer_id"].to_list() == [THEIRS]
    assert state.snapshot(LABEL)["fragment_id"].to_list() == ["fragment_2"]
    assert list(state.contents()) == [2], "the record of the messages named the message, that of the labels no fragment"
    assert len(state.records()) == 2


def test_an_open_proposal_is_told_anew_and_stays_attested(state: ErasableState) -> None:
    state.record_proposals([ROLLBACK])
    lose(state)
    now = held(state, ROLLBACK)
    assert now.evidence["alert"]["sample_fragment_ids"] == ["fragment_2"]
    assert (now.arguments_hash, now.proposal_status) == (ROLLBACK.arguments_hash, ROLLBACK.proposal_status)
    assert [record.event for record in state.records()] == ["proposed", "proposal_restated"]
    assert list(state.contents()) == [2]
    assert "fragment_1" not in json.dumps(state.contents()[2][1], default=str)
    for person in ("ada", "bo"):
        state.settle(ROLLBACK.proposal_id, says(now, person), person, START)
    assert held(state, ROLLBACK).proposal_status is ProposalStatus.APPROVED


def test_arguments_that_name_the_erased_are_bound_anew_where_nobody_approved_them(state: ErasableState) -> None:
    state.record_proposals([REVIEW])
    assert "fragment_1" in REVIEW.action_arguments
    is_open = REVIEW.proposal_status is ProposalStatus.AWAITING_APPROVAL
    lose(state)
    now = held(state, REVIEW)
    assert "fragment_1" not in now.action_arguments
    assert (now.arguments_hash != REVIEW.arguments_hash) == is_open


def test_approved_arguments_that_name_the_erased_are_refused_because_nobody_approved_others(state: ErasableState) -> None:
    state.record_proposals([REVIEW])
    if REVIEW.proposal_status is not ProposalStatus.APPROVED:
        state.settle(REVIEW.proposal_id, _approves, "ada", START)
    lose(state)
    now = held(state, REVIEW)
    assert (now.proposal_status, now.refusal_reason) == (ProposalStatus.REFUSED, RefusalReason.ARGUMENTS_CHANGED)
    assert state.actions(ActionStatus.QUEUED) == []
    assert "fragment_1" not in now.action_arguments


def test_what_is_being_carried_out_is_left_until_it_is_over(state: ErasableState) -> None:
    state.record_proposals([ROLLBACK])
    for person in ("ada", "bo"):
        state.settle(ROLLBACK.proposal_id, says(ROLLBACK, person), person, START)
    (action,) = state.actions(ActionStatus.QUEUED)
    state.claim(action.action_id, lambda *_: None, "desk", START)
    told = state.lose(ERASED, "ada", ERASED_AT).told()
    assert ROLLBACK.proposal_id in told.notes[0]
    assert "fragment_1" in json.dumps(held(state, ROLLBACK).evidence)
    state.finish(action.action_id, ActionStatus.DONE, "receipt", START)
    assert state.lose(ERASED, "ada", ERASED_AT).told().notes == ()
    assert "fragment_1" not in json.dumps(held(state, ROLLBACK).evidence)
    assert held(state, ROLLBACK).proposal_status is ProposalStatus.DONE


def test_a_record_about_the_erased_keeps_its_subject_and_loses_its_content(state: ErasableState) -> None:
    state.note("value_revealed", "fragment_1", "dora", {"reason": "asked by phone"}, START)
    losses = state.lose(ERASED, "ada", ERASED_AT)
    assert losses.sealed_subjects == {"fragment_1"}
    assert state.contents() == {}


def test_looking_changes_no_byte_and_counts_the_same(state: ErasableState, url: str, tmp_path: Path) -> None:
    state.record(MESSAGE, [message(MINE), message(THEIRS)], "loop", START)
    state.record_proposals([ROLLBACK])
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with looking(url) as look:
        told = found(look, ERASED).told()
        assert recipients(look) == {MINE, THEIRS}
        assert message_ids_before(look, {MINE: ERASED_AT}, None) == {"message_1"}
        assert message_ids_before(look, {MINE: START}, ERASED_AT) == {"message_2"}
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert told == state.lose(ERASED, "ada", ERASED_AT).told()


def test_nothing_of_the_erased_changes_nothing(state: ErasableState) -> None:
    state.record_proposals([ROLLBACK])
    before = state.snapshot(PROPOSAL_TABLE)
    told = state.lose(Erased(customer_ids=frozenset({"nobody"})), "ada", ERASED_AT).told()
    assert [count.store for count in told.counts if count.is_touched] == []
    assert state.snapshot(PROPOSAL_TABLE).equals(before)


def _approves(proposal: Proposal, words: Sequence[Approval]) -> Settlement:
    given = Approval(proposal.proposal_id, "ada", ApprovalVerdict.APPROVE, proposal.arguments_hash, START)
    return approve(proposal, words, given, proposal.approver_roles)


def test_postgresql_holds_what_is_erased_in_no_file_of_its_tables_any_more(postgres: Cluster, postgres_url: str, tmp_path: Path) -> None:
    state = ErasableState(postgres_url, AnchorFile(tmp_path / "other.jsonl"), FakeClock())
    state.record(MESSAGE, [{**message(MINE), "message_text": "quibble walrus"}, message(THEIRS)], "loop", START)

    def is_on_the_disk() -> bool:
        postgres.run("CHECKPOINT")
        return any(b"quibble walrus" in file.read_bytes() for file in (postgres.data / "base").rglob("*") if file.is_file())

    assert is_on_the_disk()
    lose(state)
    rewrite(postgres_url)
    assert not is_on_the_disk()
    assert state.snapshot(MESSAGE)["recipient_customer_id"].to_list() == [THEIRS]


def refund(customer: str) -> Proposal:
    """A refund that somebody asked for."""
    arguments = json.dumps({"subject": customer, "customer_id": customer})
    asked = {"for": customer, "why": "charged twice in May"}
    made = replace(ROLLBACK, proposal_id="proposal_of_a_refund", action_target=customer, action_arguments=arguments, requested_by="ada")
    return replace(made, arguments_hash=arguments_hash_of(made), evidence={**ROLLBACK.evidence, "request": asked})


def test_what_was_asked_for_the_erased_is_refused_and_names_them_no_more(state: ErasableState) -> None:
    state.record_proposals([refund(MINE)])
    lose(state)
    now = state.proposal("proposal_of_a_refund")
    assert now is not None
    assert (now.proposal_status, now.action_target, now.evidence["request"]) == (ProposalStatus.REFUSED, GONE, {"for": GONE, "why": GONE})
    assert MINE not in json.dumps([now.action_arguments, now.evidence], default=str)
    assert MINE not in json.dumps([dict(content) for _, content in state.contents().values()], default=str)
    assert verified(state, state).breaks == ()


def test_what_was_asked_for_others_stays(state: ErasableState) -> None:
    made = replace(refund(THEIRS), evidence={"alert": {}, "hypotheses": [], "request": {"for": THEIRS, "why": "x"}})
    state.record_proposals([made])
    lose(state)
    assert state.proposal("proposal_of_a_refund") == made
