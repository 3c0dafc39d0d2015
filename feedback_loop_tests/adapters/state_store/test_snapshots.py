"""Snapshots: exactly the contract's columns, and nothing that was decided after the instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from feedback_loop.adapters.state_store.snapshots import BEGINS
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.decisions import ACTION_TABLE, PROPOSAL_TABLE, Approval, Proposal, Settlement
from feedback_loop.contracts.loop_vocab import ActionStatus, ProposalStatus, RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import issue_row, rollback_proposal

MINUTE = timedelta(minutes=1)
ROLLBACK = rollback_proposal(issues=[issue_row()])


def yes(proposal: Proposal, words: Sequence[Approval]) -> Settlement:
    return Settlement(ProposalStatus.APPROVED, approvals_given_count=2)


@pytest.fixture
def lived(state: SqlStateStore) -> SqlStateStore:
    """Proposed at the start, approved, claimed and done a minute after each other."""
    state.record_proposals([ROLLBACK])
    state.settle(ROLLBACK.proposal_id, yes, "ada", START + MINUTE)
    (action,) = state.actions(ActionStatus.QUEUED)
    state.claim(action.action_id, lambda *_: None, "desk", START + 2 * MINUTE)
    state.finish(action.action_id, ActionStatus.DONE, "receipt_1", START + 3 * MINUTE)
    return state


@pytest.mark.parametrize("name", BEGINS)
def test_a_snapshot_fulfils_its_contract(lived: SqlStateStore, name: str) -> None:
    for as_of in (None, START, START + MINUTE):
        found = lived.snapshot(TABLES[name], as_of)
        assert violations(found, TABLES[name]) == []


@pytest.mark.parametrize(
    ("minutes", "status", "count", "is_decided"),
    [(0, "awaiting_approval", 0, False), (1, "approved", 2, True), (2, "claimed", 2, True), (3, "done", 2, True)],
)
def test_a_proposal_stands_where_it_stood_then(lived: SqlStateStore, minutes: int, status: str, count: int, is_decided: bool) -> None:
    row = lived.snapshot(PROPOSAL_TABLE, START + minutes * MINUTE).row(0, named=True)
    assert (row["proposal_status"], row["approvals_given_count"], row["decided_at"] is not None) == (status, count, is_decided)


@pytest.mark.parametrize(("minutes", "status"), [(1, "queued"), (2, "claimed"), (3, "done")])
def test_an_action_stands_where_it_stood_then(lived: SqlStateStore, minutes: int, status: str) -> None:
    row = lived.snapshot(ACTION_TABLE, START + minutes * MINUTE).row(0, named=True)
    assert (row["action_status"], row["receipt_id"]) == (status, "receipt_1" if status == "done" else None)


def test_an_action_that_failed_was_only_claimed_before(state: SqlStateStore) -> None:
    state.record_proposals([ROLLBACK])
    state.settle(ROLLBACK.proposal_id, yes, "ada", START)
    (action,) = state.actions(ActionStatus.QUEUED)
    state.claim(action.action_id, lambda *_: None, "desk", START + MINUTE)
    state.finish(action.action_id, ActionStatus.FAILED, None, START + 2 * MINUTE)
    then = [state.snapshot(ACTION_TABLE, START + n * MINUTE).row(0, named=True) for n in range(3)]
    assert [(row["action_status"], row["attempt_count"], row["connector"]) for row in then] == [
        ("queued", 0, "none"),
        ("claimed", 1, "desk"),
        ("failed", 1, "desk"),
    ]


def test_an_action_that_was_refused_at_its_claim_has_failed(state: SqlStateStore) -> None:
    state.record_proposals([ROLLBACK])
    state.settle(ROLLBACK.proposal_id, yes, "ada", START)
    (action,) = state.actions(ActionStatus.QUEUED)
    state.claim(action.action_id, lambda *_: RefusalReason.STALE_EVIDENCE, "desk", START + MINUTE)
    assert [state.snapshot(ACTION_TABLE, START + n * MINUTE)["action_status"].item() for n in range(2)] == ["queued", "failed"]


def test_what_was_not_there_yet_is_not_seen(lived: SqlStateStore) -> None:
    assert lived.snapshot(PROPOSAL_TABLE, START - MINUTE).is_empty()
    assert lived.snapshot(ACTION_TABLE, START).is_empty()
    assert lived.snapshot(TABLES["state_issue_status"], START + MINUTE)["issue_status"].to_list() == ["fix_proposed", "fix_approved"]
