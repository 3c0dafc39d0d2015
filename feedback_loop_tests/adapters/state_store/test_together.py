"""Several doors in one transaction: all of it is kept or nothing, and what one of them refuses takes only itself back."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.loop_vocab import ActionStatus, ProposalStatus
from feedback_loop.errors import DecisionRefused
from feedback_loop.remediation.audit import verify
from feedback_loop_tests.adapters.state_store.test_store import LATER, ROLLBACK, by
from feedback_loop_tests.fakes import START


def test_what_was_done_together_is_kept_together_and_seen_in_the_block(state: SqlStateStore) -> None:
    with state.together() as whole:
        whole.record_proposals([ROLLBACK])
        for person in ("ada", "bo"):
            whole.settle(ROLLBACK.proposal_id, by(person), person, LATER)
        found = whole.proposal(ROLLBACK.proposal_id)
        assert found is not None
        assert found.proposal_status is ProposalStatus.APPROVED
        assert len(whole.actions(ActionStatus.QUEUED)) == 1
    assert len(state.actions(ActionStatus.QUEUED)) == 1
    assert verify(state.records(), state.contents(), state.anchor()) == []


def test_nothing_of_a_block_that_fails_is_kept(state: SqlStateStore) -> None:
    state.note("before", "x", "ada", {}, START)

    def fails() -> None:
        with state.together() as whole:
            whole.record_proposals([ROLLBACK])
            whole.note("within", "x", "ada", {}, START)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert state.proposal(ROLLBACK.proposal_id) is None
    assert [record.event for record in state.records()] == ["before"]
    assert verify(state.records(), state.contents(), state.anchor()) == []


def test_a_door_that_says_no_leaves_what_the_others_did(state: SqlStateStore) -> None:
    with state.together() as whole:
        whole.record_proposals([ROLLBACK])
        whole.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
        with pytest.raises(DecisionRefused):
            whole.settle(ROLLBACK.proposal_id, by("ada"), "ada", LATER)
        whole.note("after", "x", "ada", {}, LATER)
    assert len(state.approvals(ROLLBACK.proposal_id)) == 1
    assert state.records()[-1].event == "after"
    assert verify(state.records(), state.contents(), state.anchor()) == []
