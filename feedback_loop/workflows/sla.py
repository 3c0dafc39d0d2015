"""The SLA policy that counts here, the home's own file or the package's, and what its clocks are read from.

What a policy says and what is wrong with it is decided in `outcomes/sla_policy_text`. The rule that is easy to break: the two are never
mixed; a home's file that leaves something out promises it to nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import SlaPolicyRefused
from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.outcomes.sla_policy_text import parse_sla_policy, seed_sla_policy
from feedback_loop.outcomes.sla_stages import Happened, left_waiting, sla_stages
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.snapshots import snapshot_of

_READ: dict[str, tuple[str, ...] | None] = {
    "analysis_alert": None,
    "silver_fragment": ("fragment_id", "landed_at", "tier"),
    "analysis_triage": ("fragment_id", "urgency"),
    "outcomes_lifecycle_event": None,
    "remediation_action": None,
    "gold_issue": ("issue_id", "alert_ids"),
    "state_issue_status": None,
}
"""The tables that clocks are read from, and of the large ones what is read."""

HAPPENED = tuple(_READ)


def read_sla_policy(sla_file: Path) -> SlaPolicy:
    """The policy of the file, the seed where there is none; raises SlaPolicyRefused and UnreadableFile."""
    text = home_text(sla_file)
    if text is None:
        return seed_sla_policy()
    try:
        return parse_sla_policy(text)
    except SlaPolicyRefused as error:
        raise SlaPolicyRefused(error.problems, str(sla_file)) from error


def read_happened(tables: TableStore) -> Happened:
    """What the clocks are read from, as it has landed and was computed."""
    return Happened(*(tables.read(TABLES[name], columns=columns) for name, columns in _READ.items()))


def waiting_now(tables: TableStore, state: StateStore | None, policy: SlaPolicy, now: datetime) -> pl.DataFrame:
    """The promises that are at risk or broken at the instant and that nobody has kept yet, the one due first in front."""
    return left_waiting(sla_stages(happened_by_now(tables, state), policy, now))


def happened_by_now(tables: TableStore, state: StateStore | None) -> Happened:
    """The same, with what people and the loop have done since the tables were written."""
    actions, statuses = snapshot_of(state, "remediation_action"), snapshot_of(state, "state_issue_status")
    return replace(read_happened(tables), actions=actions, statuses=statuses)
