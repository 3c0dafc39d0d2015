"""A person closes an issue or opens it again: a status with who said it, added and never changed; the reason stands in the audit trail.

What follows from it is for others to tell: its SLA clock ends or another starts (`outcomes/sla_stages`), and complaints after a closing are
another occurrence (`gold/identity`). The rule that is easy to break: saying the same again adds nothing.
"""

from __future__ import annotations

from datetime import datetime

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import IssueStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.people import People, reason_of, roles_of

STATUS, ISSUE = TABLES["state_issue_status"], TABLES["gold_issue"]
_EVENTS = {IssueStatus.RESOLVED: "issue_closed", IssueStatus.REOPENED: "issue_reopened"}


def say_status(
    issue_id: str, status: IssueStatus, why: str, person: str, people: People, tables: TableStore, state: StateStore, at: datetime
) -> bool:
    """Whether that is news; raises BadInput for an unknown issue or person, without a reason, and for one opened that was not closed."""
    roles_of(person, people)
    reason = reason_of(why)
    if tables.read(ISSUE, columns=["issue_id"]).filter(issue_id=issue_id).is_empty():
        raise BadInput(f"no issue is called '{issue_id}'. Take an id from `feedback-loop issues`.")
    last = state.snapshot(STATUS).filter(issue_id=issue_id).sort("changed_at", "status_id")["issue_status"].to_list()[-1:]
    if last == [str(status)]:
        return False
    if status is IssueStatus.REOPENED and last != [str(IssueStatus.RESOLVED)]:
        raise BadInput(f"'{issue_id}' is not closed, so that it can't be opened again.")
    row = {
        "status_id": stable_id("status", issue_id, status, person, at),
        "issue_id": issue_id,
        "issue_status": str(status),
        "changed_at": at,
        "changed_by": person,
    }
    state.record(STATUS, [row], person, at)
    state.note(_EVENTS[status], issue_id, person, {"why": reason}, at)
    return True
