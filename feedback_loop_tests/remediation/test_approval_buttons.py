"""The value of a button goes out and comes back; whatever else comes back is refused without being repeated."""

from __future__ import annotations

import json

import pytest

from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import BadInput
from feedback_loop.remediation.approval_buttons import (
    APPROVE,
    CORRECT_LABEL,
    DENY,
    VERDICTS,
    Pressed,
    button_value,
    message_key,
    pressed_in,
)
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

HASH = "a" * 64
ID = "proposal_" + "0" * 20


def test_a_value_comes_back_as_it_went_out() -> None:
    proposal = rollback_proposal()
    value = button_value(proposal)
    assert pressed_in(value) == Pressed(proposal.proposal_id, proposal.arguments_hash)
    assert (" " in value, len(value) <= 150) == (False, True), "150 characters fit into an option of a menu too"


@pytest.mark.parametrize(
    "value",
    [
        None, 7, "", "approve", "[]", "{}", "[" * 400, "x" * 501, json.dumps({"proposal_id": ID}),
        json.dumps({"proposal_id": ID, "arguments_hash": "short"}), json.dumps({"proposal_id": f"{ID}'; --", "arguments_hash": HASH}),
        json.dumps({"proposal_id": [ID], "arguments_hash": HASH}), json.dumps({"proposal_id": ID, "arguments_hash": HASH, "as": "ada"}),
        json.dumps({"proposal_id": ID, "arguments_hash": f"{HASH}\n"}),
    ],
)  # fmt: skip
def test_any_other_value_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(BadInput) as caught:
        pressed_in(value)
    assert "--" not in str(caught.value)


def test_a_message_has_a_key_of_its_own_that_stays() -> None:
    proposal = rollback_proposal()
    assert message_key(proposal) == message_key(rollback_proposal())
    assert message_key(proposal).startswith("approval_message_")


def test_two_buttons_decide_and_the_third_does_not() -> None:
    assert VERDICTS == {APPROVE: ApprovalVerdict.APPROVE, DENY: ApprovalVerdict.REJECT}
    assert CORRECT_LABEL == "feedback_loop_correct_label"
