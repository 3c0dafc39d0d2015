"""A person asks for an action: a playbook that is only followed on request, for an issue or for one customer or queue of it.

It becomes a proposal like any other, under the same policy; whoever asked never approves it. The rule that is easy to break: whom it is for
comes from the evidence: a customer who complained of the issue, a team that the ownership table knows, or the issue itself.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.analysis.ownership import Ownership
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import PROPOSAL_TABLE, Proposal
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, UnknownChoice
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.proposals import requested
from feedback_loop.remediation.rules import Request, Rules
from feedback_loop.remediation.standing import marks_of, taken_marks
from feedback_loop.workflows.grounds import Grounds, read_grounds
from feedback_loop.workflows.people import People, reason_of, roles_of


def request_action(
    playbook_id: str,
    issue_id: str,
    requested_for: str | None,
    why: str,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    rules: Rules,
    ownership: Ownership,
    at: datetime,
) -> Proposal:
    """The proposal that was made; raises BadInput where playbook, issue, person or whom it is for are not known, or it stands already."""
    roles_of(person, people)
    reason = reason_of(why)
    playbook = _playbook(playbook_id, rules)
    grounds = _grounds(issue_id, tables, rules, at)
    case = next((case for case in grounds.all_cases() if case.issue_id == issue_id), None)
    if case is None:
        raise BadInput(f"no alert speaks of {issue_id}, so nothing can be asked for it. See `issues`.")
    whom = _whom(playbook, issue_id, requested_for, tables, ownership)
    thresholds = state.snapshot(TABLES["state_threshold"], at)
    asked = Request(playbook, whom, person, reason)
    proposal = requested(case, asked, grounds.documents, thresholds, rules, at, grounds.routes)
    if set(marks_of(proposal.row())) & taken_marks(state.snapshot(PROPOSAL_TABLE), at, is_live=True):
        raise BadInput(f"{playbook_id} for {whom} stands already, or was decided lately. See `approvals list --all`.")
    if not state.record_proposals([proposal]):
        raise BadInput(f"{playbook_id} for {whom} was asked for at this moment by somebody else. See `approvals list`.")
    return proposal


def _playbook(playbook_id: str, rules: Rules) -> Playbook:
    on_request = [playbook.playbook_id for playbook in rules.playbooks if playbook.is_on_request]
    found = rules.playbook(playbook_id)
    if found is None or not found.is_on_request:
        raise UnknownChoice("the playbook", playbook_id, on_request)
    return found


def _grounds(issue_id: str, tables: TableStore, rules: Rules, at: datetime) -> Grounds:
    """The grounds of the last day on which the issue had alerts."""
    issues = tables.read(TABLES["gold_issue"], matching=pl.DataFrame({"issue_id": [issue_id]}))
    alerted = issues.filter(pl.col("alert_ids").list.len() > 0)
    if issues.is_empty():
        raise BadInput(f"no issue has the id {issue_id}. See `issues`.")
    day = (alerted if alerted.height else issues)["event_date"].max()
    return read_grounds(tables, DayRange(day, day), at, rules)  # type: ignore[arg-type]


def _whom(playbook: Playbook, issue_id: str, requested_for: str | None, tables: TableStore, ownership: Ownership) -> str:
    kind = playbook.trigger.on_request
    if kind == "issue":
        if requested_for is not None:
            raise BadInput(f"{playbook.playbook_id} is for the issue itself. Leave --for out.")
        return issue_id
    if requested_for is None:
        raise BadInput(f"say for which {kind} with --for.")
    known = sorted(ownership.teams) if kind == "queue" else _customers(issue_id, tables)
    if requested_for not in known:
        shown = known if kind == "queue" else [f"one of the {len(known)} customers who complained of {issue_id}"]
        raise UnknownChoice(f"the {kind}", requested_for if kind == "queue" else "(given)", shown)
    return requested_for


def _customers(issue_id: str, tables: TableStore) -> list[str]:
    """Ids of the customers whose fragments are the issue's."""
    issues = tables.read(TABLES["gold_issue"], matching=pl.DataFrame({"issue_id": [issue_id]}), columns=["issue_id", "day_fragment_ids"])
    fragments = issues.select(pl.col("day_fragment_ids").explode().alias("fragment_id")).drop_nulls().unique()
    complained = tables.read(TABLES["silver_fragment"], matching=fragments, columns=["fragment_id", "customer_id"])
    return sorted(set(complained["customer_id"].drop_nulls().to_list()))
