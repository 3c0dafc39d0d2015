"""Which proposals give way: an open one to one on the same subject with the evidence of now, and to nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.remediation.evidence import cases
from feedback_loop.remediation.proposals import Made, made
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import (
    CAUSE,
    LET_GO,
    Row,
    alert_row,
    all_documents,
    cause_row,
    cohort_row,
    frame,
    rollback_proposal,
    unknown_row,
)


def made_beside(existing: Proposal, causes: list[Row], **alert: object) -> Made:
    found = cases(
        frame("analysis_alert", [alert_row(**alert)]),
        frame("analysis_cohort", [cohort_row()]),
        frame("analysis_hypothesis", causes),
        frame("gold_issue", []),
    )
    rows = frame("remediation_proposal", [existing.row()])
    documents, at = frame("context_document", all_documents()), START + timedelta(hours=1)
    return made(found, documents, frame("state_threshold", []), rows, LET_GO, at, True)


WIDER = cause_row(cause_step_ids=[CAUSE, "step-2"])


@pytest.mark.parametrize("status", [ProposalStatus.AWAITING_APPROVAL, ProposalStatus.APPROVED])
def test_an_open_proposal_gives_way_to_one_with_the_evidence_of_now(status: ProposalStatus) -> None:
    old = replace(rollback_proposal(), proposal_status=status)
    now = made_beside(old, [WIDER])
    (new,) = now.proposals
    assert new.proposal_id != old.proposal_id
    assert now.superseded == {old.proposal_id: new.proposal_id}


def test_one_whose_evidence_is_as_it_was_stays() -> None:
    assert made_beside(rollback_proposal(), [cause_row(hypothesis_score=0.8)]) == Made((), {})


@pytest.mark.parametrize("status", [ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT])
def test_one_that_is_being_carried_out_gives_way_to_nothing(status: ProposalStatus) -> None:
    assert made_beside(replace(rollback_proposal(), proposal_status=status), [WIDER]) == Made((), {})


def test_one_without_a_successor_stays_for_people_and_refuses_when_it_is_sent() -> None:
    now = made_beside(rollback_proposal(), [unknown_row()])
    assert [proposal.playbook_id for proposal in now.proposals] == ["human-review"]
    assert now.superseded == {}


def test_another_alert_about_the_same_cause_takes_nothing_away() -> None:
    assert made_beside(rollback_proposal(), [replace_alert(WIDER)], alert_id="alert_2", alerted_class="latency") == Made((), {})


def replace_alert(cause: Row) -> Row:
    return cause | {"alert_id": "alert_2"}
