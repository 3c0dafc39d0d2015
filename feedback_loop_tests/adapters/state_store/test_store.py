"""The store: each change with its audit record or neither, an action claimed once, and a chain that verifies throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from feedback_loop.adapters.state_store import store as store_module
from feedback_loop.adapters.state_store.change import all_records
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.audit_trail import AuditRecord
from feedback_loop.contracts.decisions import PROPOSAL_TABLE, Approval, OutboxAction, Proposal, Settlement
from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, DecisionRefused, IllegalTransition
from feedback_loop.remediation.approvals import approve
from feedback_loop.remediation.attested import contradictions
from feedback_loop.remediation.audit import erased, verify
from feedback_loop_tests.adapters.state_store.conftest import open_state, spoil
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import issue_row, proposed, rollback_proposal

LATER = START + timedelta(minutes=10)
ROLLBACK = rollback_proposal(issues=[issue_row()])
REVIEW = proposed(causes=[])[0]


def by(person: str) -> Callable[[Proposal, Sequence[Approval]], Settlement]:
    given = Approval(ROLLBACK.proposal_id, person, ApprovalVerdict.APPROVE, ROLLBACK.arguments_hash, LATER)
    return lambda proposal, words: approve(proposal, words, given, ["release_manager"])


def nothing_against(proposal: Proposal, words: Sequence[Approval]) -> RefusalReason | None:
    return None


def approved(state: SqlStateStore) -> OutboxAction:
    """The queued action of the proposal, after two people approved it."""
    state.record_proposals([ROLLBACK])
    for person in ("ada", "bo"):
        state.settle(ROLLBACK.proposal_id, by(person), person, LATER)
    (action,) = state.actions(ActionStatus.QUEUED)
    return action


def events(state: SqlStateStore) -> list[str]:
    return [record.event for record in state.records()]


@pytest.fixture(autouse=True)
def chain_verifies(state: SqlStateStore) -> object:
    yield
    assert verify(state.records(), state.contents(), state.anchor()) == []
    return None


def test_a_proposal_comes_back_as_it_was(state: SqlStateStore) -> None:
    assert state.record_proposals([ROLLBACK]) == [ROLLBACK.proposal_id]
    assert state.proposal(ROLLBACK.proposal_id) == ROLLBACK
    assert state.proposal("unknown") is None


def test_a_known_proposal_stays_as_it_is(state: SqlStateStore) -> None:
    state.record_proposals([ROLLBACK])
    before = state.records()
    assert state.record_proposals([replace(ROLLBACK, is_executable=False, action_target="elsewhere")]) == []
    assert state.proposal(ROLLBACK.proposal_id) == ROLLBACK
    assert state.records() == before


def test_what_needs_nobody_is_queued_at_once_and_what_is_not_live_never(state: SqlStateStore) -> None:
    past = replace(REVIEW, proposal_id="past", is_executable=False)
    state.record_proposals([REVIEW, past, ROLLBACK])
    assert [action.proposal_id for action in state.actions(ActionStatus.QUEUED)] == [REVIEW.proposal_id]


def test_two_approvals_queue_the_action_and_tell_the_chain(state: SqlStateStore) -> None:
    action = approved(state)
    assert (action.action_target, action.attempt_count, action.is_dry_run) == (ROLLBACK.action_target, 0, True)
    assert [a.person for a in state.approvals(ROLLBACK.proposal_id)] == ["ada", "bo"]
    one_approval = ["approval_given", "proposal_moved"]
    assert events(state) == ["proposed", *one_approval, *one_approval, "action_queued"]
    status = state.snapshot(TABLES["state_issue_status"])["issue_status"].to_list()
    assert status == ["fix_proposed", "fix_approved"]


def test_a_judge_that_refuses_leaves_everything_as_it_was(state: SqlStateStore) -> None:
    state.record_proposals([ROLLBACK])
    state.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
    before = state.records()
    with pytest.raises(DecisionRefused):
        state.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
    with pytest.raises(IllegalTransition):
        state.settle(ROLLBACK.proposal_id, lambda *_: Settlement(ProposalStatus.DONE), "ada", LATER)
    assert state.records() == before
    assert len(state.approvals(ROLLBACK.proposal_id)) == 1


def test_an_unknown_proposal_is_bad_input(state: SqlStateStore) -> None:
    with pytest.raises(BadInput, match="approvals list"):
        state.settle("unknown", by("ada"), "ada", LATER)


def test_an_approval_that_is_taken_back_takes_the_action_back(state: SqlStateStore) -> None:
    approved(state)
    back = state.settle(ROLLBACK.proposal_id, lambda *_: Settlement(ProposalStatus.AWAITING_APPROVAL), "ada", LATER)
    assert (state.actions(ActionStatus.QUEUED), back.decided_at) == ([], None)


def test_an_action_is_claimed_once(state: SqlStateStore) -> None:
    action = approved(state)
    claimed = state.claim(action.action_id, nothing_against, "desk", LATER)
    assert isinstance(claimed, OutboxAction)
    assert (claimed.action_status, claimed.connector, claimed.attempt_count) == (ActionStatus.CLAIMED, "desk", 1)
    assert state.claim(action.action_id, nothing_against, "desk", LATER) is None
    assert state.claim("unknown", nothing_against, "desk", LATER) is None


def test_of_many_that_claim_at_once_each_action_has_one(tmp_path: Path, state: SqlStateStore, state_url: str) -> None:
    reviews = [replace(REVIEW, proposal_id=f"proposal_{n}") for n in range(12)]
    state.record_proposals(reviews)
    ids = [action.action_id for action in state.actions(ActionStatus.QUEUED)]

    def claims(store: SqlStateStore) -> list[str]:
        found = [store.claim(action_id, nothing_against, "desk", LATER) for action_id in ids]
        return [claimed.action_id for claimed in found if isinstance(claimed, OutboxAction)]

    with ThreadPoolExecutor(4) as pool:
        taken = [action_id for won in pool.map(claims, [open_state(tmp_path, url=state_url) for _ in range(4)]) for action_id in won]
    assert sorted(taken) == sorted(ids)


@pytest.mark.parametrize(
    ("reason", "status"),
    [(RefusalReason.STALE_EVIDENCE, ProposalStatus.REFUSED), (RefusalReason.EXPIRED, ProposalStatus.EXPIRED)],
)
def test_a_refused_claim_is_final(state: SqlStateStore, reason: RefusalReason, status: ProposalStatus) -> None:
    action = approved(state)
    assert state.claim(action.action_id, lambda *_: reason, "desk", LATER) is reason
    found = state.proposal(ROLLBACK.proposal_id)
    assert found is not None
    assert (found.proposal_status, found.refusal_reason) == (status, reason)
    assert state.claim(action.action_id, nothing_against, "desk", LATER) is None


def test_what_is_done_stays_done(state: SqlStateStore) -> None:
    action = approved(state)
    state.claim(action.action_id, nothing_against, "desk", LATER)
    state.finish(action.action_id, ActionStatus.DONE, "receipt_1", LATER)
    before = state.records()
    state.finish(action.action_id, ActionStatus.FAILED, None, LATER)
    state.finish("unknown", ActionStatus.DONE, None, LATER)
    (done,) = state.actions(ActionStatus.DONE)
    assert (done.receipt_id, done.executed_at) == ("receipt_1", LATER)
    assert state.records() == before


def test_what_is_in_doubt_can_be_claimed_again_under_the_same_key(state: SqlStateStore) -> None:
    action = approved(state)
    state.claim(action.action_id, nothing_against, "desk", LATER)
    state.finish(action.action_id, ActionStatus.IN_DOUBT, None, LATER)
    again = state.claim(action.action_id, nothing_against, "desk", LATER)
    assert isinstance(again, OutboxAction)
    assert (again.idempotency_key, again.attempt_count) == (action.idempotency_key, 2)


def test_who_knows_only_of_an_earlier_try_claims_nothing_and_ends_nothing_but_what_is_done(state: SqlStateStore) -> None:
    action = approved(state)
    state.claim(action.action_id, nothing_against, "desk", LATER, 0)
    state.finish(action.action_id, ActionStatus.IN_DOUBT, None, LATER, 1)
    assert state.claim(action.action_id, nothing_against, "desk", LATER, 0) is None
    again = state.claim(action.action_id, nothing_against, "desk", LATER, 1)
    assert isinstance(again, OutboxAction)
    for status in (ActionStatus.FAILED, ActionStatus.IN_DOUBT):
        state.finish(action.action_id, status, None, LATER, 1)
    assert state.actions(ActionStatus.CLAIMED) == [again]
    state.finish(action.action_id, ActionStatus.DONE, "receipt_1", LATER, 1)
    assert len(state.actions(ActionStatus.DONE)) == 1


def test_time_that_is_over_refuses_what_waits(state: SqlStateStore) -> None:
    approved(state)
    assert state.expire(ROLLBACK.expires_at - timedelta(seconds=1)) == []
    assert state.expire(ROLLBACK.expires_at) == [ROLLBACK.proposal_id]
    assert state.expire(ROLLBACK.expires_at) == []
    assert state.actions(ActionStatus.QUEUED) == []


def test_what_is_decided_meanwhile_is_not_half_seen(state: SqlStateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    state.record_proposals([ROLLBACK])

    def slowly(connection: sa.Connection) -> list[AuditRecord]:
        state.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
        return all_records(connection)

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "all_records", slowly)
        assert contradictions(*state.decided_and_told()) == []
    assert contradictions(*state.decided_and_told()) == []
    assert len(state.approvals(ROLLBACK.proposal_id)) == 1


def test_a_note_is_a_record_of_its_own(state: SqlStateStore) -> None:
    state.note("dry_run", "action_1", "ada", {"n": 1}, LATER)
    assert events(state) == ["dry_run"]
    assert state.contents()[1][1] == {"n": 1}


def test_a_crash_before_the_anchor_is_written_breaks_nothing(tmp_path: Path, state: SqlStateStore) -> None:
    state.record_proposals([ROLLBACK])
    lines = (tmp_path / "anchor.jsonl").read_text(encoding="utf-8")
    state.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
    (tmp_path / "anchor.jsonl").write_text(lines, encoding="utf-8")


def test_a_crash_within_a_change_leaves_neither_row_nor_record(tmp_path: Path, state: SqlStateStore, state_url: str) -> None:
    def dies() -> str:
        raise KeyboardInterrupt

    dying = open_state(tmp_path, url=state_url)
    dying._draw_salt = dies
    with pytest.raises(KeyboardInterrupt):
        dying.record_proposals([ROLLBACK])
    assert (state.proposal(ROLLBACK.proposal_id), state.records()) == (None, [])


def test_erased_content_leaves_the_chain_whole(state: SqlStateStore, state_url: str) -> None:
    state.record_proposals([ROLLBACK])
    spoil(state_url, "DELETE FROM audit_content")
    assert erased(state.records(), state.contents()) == [1]


def test_the_folder_holds_nothing_but_the_database_and_the_anchor(tmp_path: Path) -> None:
    state = open_state(tmp_path / "home")
    state.record_proposals([ROLLBACK])
    assert state.snapshot(PROPOSAL_TABLE).height == 1
    assert {file.name.split("-")[0] for file in (tmp_path / "home" / "state").iterdir()} == {"state.sqlite"}


def test_whoever_edits_the_database_is_found_out(state: SqlStateStore, state_url: str) -> None:
    state.record_proposals([ROLLBACK])
    spoil(state_url, "UPDATE audit_record SET actor = 'nobody'", triggers=("audit_record_forbids_update",))
    assert verify(state.records(), state.contents(), state.anchor()) != []
    spoil(state_url, f"UPDATE audit_record SET actor = '{ROLLBACK.requested_by}'")
