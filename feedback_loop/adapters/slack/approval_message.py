"""A proposal that waits as a message of Slack: what, why, by which figures, how risky, until when, and the buttons to decide it.

Pure functions of the proposal. The rules that are easy to break: ids, figures and labels only, no quote of a customer, masked or not; and
who can't be shown everything that would be sent can't approve it here, so such a message has no button and names the command instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feedback_loop.adapters.action_words import Unfit, lines_of, printable, signed
from feedback_loop.adapters.slack.block_kit import Block, button, buttons, confirmation, facts, fields_of, footnote, header, sections
from feedback_loop.adapters.slack.message import KEY
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus, RiskLevel
from feedback_loop.remediation.approval_buttons import APPROVE, DENY, button_value, message_key
from feedback_loop.remediation.approvals import deciding_roles

APPROVAL = "feedback_loop_approval"
"""The event type of the metadata."""

_TITLES: Mapping[ProposalStatus, str] = {
    ProposalStatus.PROPOSED: "Proposed",
    ProposalStatus.AWAITING_APPROVAL: "Approval needed",
    ProposalStatus.APPROVED: "Approved",
    ProposalStatus.CLAIMED: "Being carried out",
    ProposalStatus.IN_DOUBT: "Being carried out",
    ProposalStatus.DONE: "Carried out",
    ProposalStatus.FAILED: "Refused by the tool",
    ProposalStatus.ROLLED_BACK: "Taken back",
    ProposalStatus.EXPIRED: "Expired",
    ProposalStatus.REFUSED: "Denied",
}
_MOST_CAUSES = 3


def approval_fields(proposal: Proposal) -> dict[str, str]:
    """The message about the proposal as it stands now, but for its channel; raises Unfit where even its names are no names."""
    key, title = message_key(proposal), f"{_TITLES[proposal.proposal_status]}: {_words(proposal.action_kind)}"
    about = printable(proposal.action_target, "target")
    blocks = [header(title), *facts(_what(proposal, about)), *sections(list(_why(proposal.evidence)))]
    if proposal.proposal_status is ProposalStatus.AWAITING_APPROVAL:
        blocks += _to_decide(proposal)
    payload = {KEY: key, "proposal_id": proposal.proposal_id}
    return fields_of(f"{title} of {about}", [*blocks, footnote(signed(key))], APPROVAL, payload)


def _what(proposal: Proposal, about: str) -> dict[str, str]:
    count = f"{proposal.approvals_given_count} of {proposal.approvals_required_count}"
    reason = proposal.refusal_reason
    return {
        "Action": f"{_words(proposal.action_kind)} of {about}",
        "Product": printable(proposal.product, "product"),
        "Playbook": printable(proposal.playbook_id, "playbook"),
        "Risk": _words(proposal.risk_level) + ("" if _is_reversible(proposal) else ", can't be undone"),
        "Approvals": count,
        "Expires": f"{proposal.expires_at:%Y-%m-%d %H:%M} UTC",
        "Who may approve": ", ".join(sorted(map(_words, deciding_roles(proposal)))) or "nobody",
        "Proposal": proposal.proposal_id,
        **({} if reason is None else {"Because": _words(reason)}),
    }


def _why(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Figures of the alert, of the segment, and of the leading causes with how many statements speak for and against each."""
    alert, cohort = evidence.get("alert") or {}, evidence.get("cohort") or {}
    if alert:
        yield _told("Alert", alert, "alert_id", "alert_kind", "alerted_class", "raised_at")
        yield _told("Figures", alert, "observed_count", "expected_count", "rate_ratio", "exposure_count", "window_minutes")
    if cohort:
        yield _told("Segment", cohort, "cohort_attributes", "observed_count", "cohort_lift", "cohort_confidence")
    for cause in (evidence.get("hypotheses") or ())[:_MOST_CAUSES]:
        count = f"{len(cause.get('evidence_for') or ())} for, {len(cause.get('evidence_against') or ())} against"
        named = _told("Cause", cause, "hypothesis_rank", "cause_kind", "cause_id", "hypothesis_verdict", "hypothesis_score")
        yield f"{named}, evidence: {count}"


def _to_decide(proposal: Proposal) -> list[Block]:
    arguments = json.loads(proposal.action_arguments)
    try:
        lines = lines_of(ActionRequest(message_key(proposal), proposal.action_kind, proposal.action_target, arguments))
    except Unfit:
        told = f"What would be sent can't be shown here. Decide with: feedback-loop approvals show {proposal.proposal_id}"
        return sections([told])
    value = button_value(proposal)
    sure = confirmation("Approve this?", "It is carried out as shown once enough people approved it.", "Approve", "Not yet")
    return [
        *sections(["Would send", *lines]),
        buttons(
            "feedback_loop_decision",
            [
                button("Approve", APPROVE, value, "primary", sure if proposal.risk_level is RiskLevel.HIGH else None),
                button("Deny", DENY, value, "danger"),
            ],
        ),
    ]


def _told(title: str, row: Mapping[str, Any], *names: str) -> str:
    told = (f"{name}: {_figure(row[name], name)}" for name in names if row.get(name) is not None)
    return f"{title}: {', '.join(told)}"


def _figure(value: object, name: str) -> str:
    """As people read it; what is no id, figure or label is left out by its name."""
    try:
        return f"{value:.4g}" if isinstance(value, float) else printable(str(value) if isinstance(value, datetime) else value, name)
    except Unfit:
        return "not shown"


def _is_reversible(proposal: Proposal) -> bool:
    return proposal.evidence.get("policy_facts", {}).get("is_reversible") is not False


def _words(word: object) -> str:
    return str(word).replace("_", " ").capitalize()
