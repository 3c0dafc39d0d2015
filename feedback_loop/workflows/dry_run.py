"""What the playbooks of now would say of the alerts that were stored for some days: a rehearsal, in which nothing is kept or sent.

A back-test (`backtest`) replays what was known then; this takes the findings as they stand. The rule that is easy to break: nothing that
was proposed before stands in the way here, for it is asked what the playbooks say and not what is new.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import PROPOSAL_TABLE, Proposal
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.proposals import made
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.grounds import read_grounds
from feedback_loop.workflows.snapshots import snapshot_of


def dry_run(days: DayRange, tables: TableStore, state: StateStore | None, rules: Rules, at: datetime) -> tuple[Proposal, ...]:
    """Every proposal that would be made, the gravest alert first; none of them can be carried out."""
    grounds = read_grounds(tables, days, at, rules)
    thresholds = snapshot_of(state, "state_threshold", at)
    nothing = pl.DataFrame(schema=pl.Schema(PROPOSAL_TABLE.schema))
    found = made(grounds.all_cases(), grounds.documents, thresholds, nothing, rules, at, False, grounds.routes)
    return found.proposals
