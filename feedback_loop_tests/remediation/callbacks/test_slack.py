"""Slack: what was pressed or chosen; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.remediation.approval_buttons import APPROVE, CORRECT_LABEL, DENY
from feedback_loop.remediation.callbacks.heard import Correction, Decision
from feedback_loop.remediation.callbacks.reading import Fault
from feedback_loop.remediation.callbacks.slack import value_of_correction
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    button_value_of,
    slack_body,
)

PROPOSAL = "proposal_" + "0" * 20
EVENTS: dict[str, tuple[bytes, object]] = {
    "a button to approve": (
        slack_body({"action_id": APPROVE, "value": button_value_of(PROPOSAL)}),
        Decision("U0ADA", ApprovalVerdict.APPROVE, PROPOSAL, "0" * 64),
    ),
    "a button to deny": (
        slack_body({"action_id": DENY, "value": button_value_of(PROPOSAL)}),
        Decision("U0ADA", ApprovalVerdict.REJECT, PROPOSAL, "0" * 64),
    ),
    "a class chosen": (
        slack_body({"action_id": CORRECT_LABEL, "selected_option": {"value": value_of_correction("f1", "crash")}}),
        Correction("U0ADA", "crash", fragment_id="f1"),
    ),
    "a button of another app": (slack_body({"action_id": "other", "value": "x"}), None),
    "a button of ours with another value": (slack_body({"action_id": APPROVE, "value": "x"}), Fault.MALFORMED),
    "a button of ours without a value": (slack_body({"action_id": DENY}), Fault.MALFORMED),
    "a choice of nothing": (slack_body({"action_id": CORRECT_LABEL}), Fault.MALFORMED),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.SLACK, body) == expected
