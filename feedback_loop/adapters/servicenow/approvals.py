"""Which approvals of a change in ServiceNow a person gave: rows of `sysapproval_approver`, sorted out by who set them and when.

Pure functions; who asks for the rows is `client.py`. The rule that is easy to break: a change may be approved by a workflow, by a rule, or
by the clock when it is due, under the name of an approver who never looked. Only what the approver's own account set, before it was due,
is a person's word; a rejection counts whenever it came, for it is the safe side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from feedback_loop.adapters.servicenow.answers import instant_in
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.contracts.said_elsewhere import AnswersElsewhere, LeftOut, NotCounted, SaidElsewhere

TABLE = "sysapproval_approver"
FIELDS = (
    "sys_id", "sysapproval", "state", "approver.user_name", "approver.active", "approver.web_service_access_only", "sys_updated_by",
    "sys_updated_on", "due_date",
)  # fmt: skip
"""What is asked for of a row; of the approver by the fields of the user record."""

NOBODY = frozenset({"system", "guest", "maint", "glide.maint", "workflow", "admin"})
"""Accounts that are no person's: those of the platform, and the administrator's that is shared."""

_VERDICTS: Mapping[str, ApprovalVerdict] = {"approved": ApprovalVerdict.APPROVE, "rejected": ApprovalVerdict.REJECT}


def sorted_out(rows: Sequence[Mapping[str, Any]], change_id: str) -> AnswersElsewhere:
    """What people said of the change; what nobody decided yet is neither. Raises what reading raises where a row is of another change."""
    said: list[SaidElsewhere] = []
    left_out: list[LeftOut] = []
    for row in rows:
        if row["sysapproval"] != change_id:
            raise ValueError("another change")
        verdict = _VERDICTS.get(row["state"])
        if verdict is None:
            continue
        reason = why_not(row)
        if reason is None:
            said.append(SaidElsewhere(row["approver.user_name"], verdict, instant_in(row["sys_updated_on"]), row["sys_id"]))
        else:
            left_out.append(LeftOut(row["sys_id"], reason))
    return AnswersElsewhere(tuple(sorted(said, key=lambda one: (one.said_at, one.reference))), tuple(left_out))


def why_not(row: Mapping[str, Any]) -> NotCounted | None:
    """Why a decided row is no person's word; None where it is."""
    approver, by = row["approver.user_name"], row["sys_updated_by"]
    if by in NOBODY or not by:
        return NotCounted.BY_THE_SYSTEM
    is_program = row["approver.web_service_access_only"] != "false"
    if not approver or approver in NOBODY or row["approver.active"] != "true" or is_program:
        return NotCounted.NO_PERSON
    if by != approver:
        return NotCounted.BY_SOMEBODY_ELSE
    is_late = bool(row["due_date"]) and instant_in(row["sys_updated_on"]) >= instant_in(row["due_date"])
    return NotCounted.WHEN_DUE if is_late and row["state"] == "approved" else None
