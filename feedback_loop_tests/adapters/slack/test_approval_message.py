"""What people are shown of a proposal in Slack: all that would be sent, figures of the evidence, buttons; and no word of a customer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.slack.approval_message import approval_fields
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus, RefusalReason, RiskLevel
from feedback_loop.remediation.approval_buttons import APPROVE, DENY, Pressed, pressed_in
from feedback_loop_tests.adapters.slack.slack_desk import problem_with
from feedback_loop_tests.remediation.made_up_case import cause_row, rollback_proposal

SAID = "My neighbour Ada Lovelace cannot print"


def blocks_of(proposal: Proposal) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(approval_fields(proposal)["blocks"])
    return found


def shown(proposal: Proposal) -> str:
    return json.dumps(blocks_of(proposal))


def elements_of(proposal: Proposal) -> list[dict[str, Any]]:
    return [element for block in blocks_of(proposal) if block["type"] == "actions" for element in block["elements"]]


def test_a_proposal_that_waits_is_told_with_its_figures_and_can_be_decided() -> None:
    proposal = rollback_proposal()
    fields, text = approval_fields(proposal), shown(proposal)
    assert problem_with(fields) is None
    assert fields["text"] == "Approval needed: Roll back release of release-6.4.0"
    for part in (
        "0 of 2", "High", "2026-01-05", "UTC", proposal.proposal_id, "observed_count: 40", "expected_count: 6", "cause_id: release-6.4.0",
        "evidence: 1 for, 0 against", "change_ids: release-6.4.0", "Release manager", "Printwren",
    ):  # fmt: skip
        assert part in text, part
    approve, deny = elements_of(proposal)
    assert (approve["action_id"], approve["style"], deny["action_id"], deny["style"]) == (APPROVE, "primary", DENY, "danger")
    for button in (approve, deny):
        assert pressed_in(button["value"]) == Pressed(proposal.proposal_id, proposal.arguments_hash)


def test_a_high_risk_is_asked_once_more() -> None:
    assert "confirm" in elements_of(rollback_proposal())[0]
    assert "confirm" not in elements_of(replace(rollback_proposal(), risk_level=RiskLevel.LOW))[0]


@pytest.mark.parametrize("status", [status for status in ProposalStatus if status is not ProposalStatus.AWAITING_APPROVAL])
def test_what_is_decided_has_no_buttons_any_more(status: ProposalStatus) -> None:
    proposal = replace(rollback_proposal(), proposal_status=status, refusal_reason=RefusalReason.REJECTED_BY_PERSON)
    assert problem_with(approval_fields(proposal)) is None
    assert elements_of(proposal) == []
    assert "Rejected by person" in shown(proposal)


def test_no_statement_quote_request_or_reading_of_the_evidence_is_shown() -> None:
    evidence = dict(rollback_proposal(causes=[cause_row(evidence_for=[SAID])]).evidence)
    evidence |= {"request": {"why": SAID}, "reading": [{"title": SAID}], "quotes": [SAID], "cohort": {**evidence["cohort"], "quote": SAID}}
    assert "Lovelace" not in shown(replace(rollback_proposal(), evidence=evidence))
    assert "Lovelace" not in str(approval_fields(replace(rollback_proposal(), evidence=evidence)))


@pytest.mark.parametrize("arguments", [{"text": f"{SAID}\nand it burns"}, {"text": "x" * 201}])
def test_who_can_not_be_shown_all_that_would_be_sent_can_not_decide_here(arguments: dict[str, str]) -> None:
    proposal = replace(rollback_proposal(), action_arguments=json.dumps(arguments))
    assert elements_of(proposal) == []
    assert f"feedback-loop approvals show {proposal.proposal_id}" in shown(proposal)
    assert "Lovelace" not in shown(proposal)


def test_a_label_that_may_be_a_sentence_is_left_out_by_its_name() -> None:
    evidence = dict(rollback_proposal().evidence)
    evidence["cohort"] = {**evidence["cohort"], "cohort_attributes": "x" * 201}
    assert "cohort_attributes: not shown" in shown(replace(rollback_proposal(), evidence=evidence))
    with pytest.raises(Unfit):
        approval_fields(replace(rollback_proposal(), action_target="two\nlines"))


def test_evidence_with_parts_missing_is_no_reason_to_ask_nobody() -> None:
    proposal = replace(rollback_proposal(), evidence={"alert": {}, "cohort": None, "hypotheses": []})
    assert problem_with(approval_fields(proposal)) is None
