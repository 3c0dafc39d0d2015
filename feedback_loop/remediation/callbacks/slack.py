"""Slack's interactive payloads: which button of ours somebody pressed, or which class of a list somebody chose.

Followed: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload. A form whose one field `payload` is JSON. What a
button is about stands in its `value`, which comes back as we sent it (`approval_buttons`, and here `value_of_correction`). The rule that is
easy to break: whoever can post in the workspace may send a button with a value of their own, so a value is only ever a claim: that the
proposal still has the arguments is looked at where it is decided.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.errors import BadInput
from feedback_loop.remediation.approval_buttons import CORRECT_LABEL, VERDICTS, pressed_in
from feedback_loop.remediation.callbacks.heard import Correction, Decision, Heard, Id, Loose, Strict, Unreadable, read
from feedback_loop.remediation.callbacks.signatures import Signed

_FIELD, _LONGEST_VALUE, _MOST_ACTIONS = b"payload", 2_000, 25
_ENCODED = re.compile(rb"[0-9A-Fa-f]{2}")
Value = Annotated[str, Field(max_length=_LONGEST_VALUE)]


class CorrectionValue(Strict):
    """What an entry of a list of classes is about."""

    fragment_id: Id
    class_name: Annotated[str, Field(alias="class", min_length=1, max_length=80)]


class _User(Loose):
    id: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,40}$")]


class _Option(Loose):
    value: Value


class _Action(Loose):
    action_id: Annotated[str, Field(max_length=255)]
    value: Value | None = None
    selected_option: _Option | None = None


class BlockActions(Loose):
    """The part of the payload that we read; `actions` is absent where something else was done than a button pressed."""

    type: Annotated[str, Field(max_length=80)]
    user: _User
    actions: Annotated[tuple[_Action, ...], Field(max_length=_MOST_ACTIONS)] = ()
    response_url: Annotated[str, Field(max_length=1_000)] | None = None


def value_of_correction(fragment_id: str, class_name: str) -> str:
    """The value of an entry of a list of classes."""
    return canonical_json({"fragment_id": fragment_id, "class": class_name}).decode()


def read_slack(body: bytes, signed: Signed) -> Heard:
    """What was pressed or chosen; an interaction without a signed instant can't be. Raises Unreadable."""
    payload = read(BlockActions, _payload(body))
    if signed.stamped_at is None:
        raise Unreadable
    ours = [one for one in payload.actions if one.action_id in (*VERDICTS, CORRECT_LABEL)] if payload.type == "block_actions" else []
    if len(ours) > 1:
        raise Unreadable
    said = _said(ours[0], payload.user.id) if ours else None
    return Heard(CallbackVendor.SLACK, signed.digest, signed.stamped_at, said, payload.response_url)


def _payload(body: bytes) -> str:
    """The one field of the form, decoded."""
    name, _, value = body.partition(b"=")
    first, *others = value.replace(b"+", b" ").split(b"%")
    if name != _FIELD or b"&" in value or not all(_ENCODED.match(one) for one in others):
        raise Unreadable
    try:
        return (first + b"".join(bytes.fromhex(one[:2].decode()) + one[2:] for one in others)).decode()
    except UnicodeDecodeError:
        raise Unreadable from None


def _said(action: _Action, account_id: str) -> Decision | Correction:
    if action.action_id == CORRECT_LABEL:
        chosen = read(CorrectionValue, "" if action.selected_option is None else action.selected_option.value)
        return Correction(account_id, chosen.class_name, fragment_id=chosen.fragment_id)
    try:
        pressed = pressed_in(action.value)
    except BadInput:
        raise Unreadable from None
    return Decision(account_id, VERDICTS[action.action_id], pressed.proposal_id, pressed.arguments_hash)
