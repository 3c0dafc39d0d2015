"""A person closes an issue or opens it again: a status with who said it, added and never changed; the reason stands in the audit trail.

What follows from it is for others to tell: its SLA clock ends or another starts (`outcomes/sla_stages`), and complaints after a closing are
another occurrence (`gold/identity`). The rules that are easy to break: saying the same again adds nothing, unless something came in
between; and that the loop called an issue resolved is no person's word, so that a person may still close it, which alone ends its clock.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.issue_vocab import IssueEventKind
from feedback_loop.contracts.loop_vocab import IssueStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.people import People, reason_of, roles_of

STATUS, ISSUE, EVENT, ALERT = (TABLES[name] for name in ("state_issue_status", "gold_issue", "gold_issue_event", "analysis_alert"))
_EVENTS = {IssueStatus.RESOLVED: "issue_closed", IssueStatus.REOPENED: "issue_reopened"}


def say_status(
    issue_id: str, status: IssueStatus, why: str, person: str, people: People, tables: TableStore, state: StateStore, at: datetime
) -> bool:
    """Whether that is news; raises BadInput for an unknown issue or person, without a reason, and for one opened that was not closed."""
    roles_of(person, people)
    reason = reason_of(why)
    issue = tables.read(ISSUE, columns=["issue_id", "alert_ids"]).filter(issue_id=issue_id)
    if issue.is_empty():
        raise BadInput(f"no issue is called '{issue_id}'. Take an id from `feedback-loop issues`.")
    said = state.snapshot(STATUS).filter(pl.col("issue_status").is_in([str(word) for word in _EVENTS]), issue_id=issue_id)
    if _is_known(said, status, _alerted_last(tables, issue)):
        return False
    if status is IssueStatus.REOPENED and not is_closed(issue_id, state):
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


def is_closed(issue_id: str, state: StateStore) -> bool:
    """Whether the last word on the issue, of a person or of the loop, was that it is done with."""
    said = state.snapshot(STATUS).filter(pl.col("issue_status").is_in([str(word) for word in _EVENTS]), issue_id=issue_id)
    return _last(said)["issue_status"].to_list() == [str(IssueStatus.RESOLVED)]


def merged_into(tables: TableStore, issue_id: str) -> str | None:
    """The issue in which this one lives on, over as many mergers as there were; None where it was never merged."""
    merged = tables.read(EVENT).filter(issue_event_kind=str(IssueEventKind.MERGED)).sort("event_date", "issue_event_id")
    into, found, seen = dict(merged.select("issue_id", "other_issue_id").iter_rows()), issue_id, {issue_id}
    while (following := into.get(found)) is not None and following not in seen:
        found = following
        seen.add(found)
    return None if found == issue_id else found


def _is_known(said: pl.DataFrame, status: IssueStatus, alerted_at: datetime | None) -> bool:
    """Whether that is what a person said last, and nothing has come since: an alert after a closing, the loop's word after a reopening."""
    by_people = _last(said.filter(pl.col("changed_by") != LOOP))
    if by_people["issue_status"].to_list() != [str(status)]:
        return False
    if status is IssueStatus.RESOLVED:
        return alerted_at is None or by_people.filter(pl.col("changed_at") >= alerted_at).height == 1
    return _last(said)["issue_status"].to_list() == [str(status)]


def _last(said: pl.DataFrame) -> pl.DataFrame:
    return said.sort("changed_at", "status_id").tail(1)


def _alerted_last(tables: TableStore, issue: pl.DataFrame) -> datetime | None:
    ids = issue.select(alert_id="alert_ids").explode("alert_id").drop_nulls().unique()
    last = tables.read(ALERT, columns=["alert_id", "raised_at"]).join(ids, on="alert_id", how="semi")["raised_at"].max()
    return last if isinstance(last, datetime) else None
