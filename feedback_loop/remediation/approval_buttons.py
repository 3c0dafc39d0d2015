"""The contract between a message that asks people to approve and who hears that they pressed: the names of the buttons, and their value.

Pure; the message is made in `adapters/slack/approval_message.py`, and whoever receives the callback reads the value with `pressed_in`. The
rule that is easy to break: a value holds the hash of the arguments that the person saw, and a decision is bound to that hash
(`workflows/approve.decide(seen_hash=…)`), so that nobody approves what they were not shown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import BadInput

APPROVE, DENY, CORRECT_LABEL = "feedback_loop_approve", "feedback_loop_deny", "feedback_loop_correct_label"
"""The `action_id` of each button; the third corrects what the complaints are about, and decides nothing."""

VERDICTS = {APPROVE: ApprovalVerdict.APPROVE, DENY: ApprovalVerdict.REJECT}
"""What pressing one means for the proposal."""

_LONGEST = 500
_PROPOSAL_ID = re.compile(r"[a-z_]{1,40}_[0-9a-f]{20}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Pressed:
    """About which proposal somebody pressed a button, and which arguments were shown there."""

    proposal_id: str
    arguments_hash: str


def button_value(proposal: Proposal) -> str:
    """The value of the proposal's buttons: compact JSON."""
    named = {"proposal_id": proposal.proposal_id, "arguments_hash": proposal.arguments_hash}
    return json.dumps(named, separators=(",", ":"))


def pressed_in(value: object) -> Pressed:
    """What the value of a button says; raises BadInput where it is none of ours. It proves nothing: only the caller's signature does."""
    try:
        content = json.loads(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.keys() != {"proposal_id", "arguments_hash"}:
        raise BadInput("the value of the button is none of ours. Press one in a message of the loop.")
    proposal_id, arguments_hash = content["proposal_id"], content["arguments_hash"]
    if not _is_like(_PROPOSAL_ID, proposal_id) or not _is_like(_HASH, arguments_hash):
        raise BadInput("the button names no proposal. Press one in a message of the loop.")
    return Pressed(proposal_id, arguments_hash)


def message_key(proposal: Proposal) -> str:
    """Under which the message about the proposal is posted, once."""
    return stable_id("approval_message", proposal.proposal_id)


def _is_like(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))
