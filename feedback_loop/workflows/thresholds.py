"""Thresholds of playbooks: what the judged proposals advise, and a person's word that another one holds from now on.

What is advised follows from `remediation/threshold_advice`. The rules that are easy to break: a threshold is lowered by a person with the
role for it or not at all, while whoever is known may raise one; and the word stands with what was measured when it was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, LettingGoRefused, UnknownChoice
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.rules import latest_thresholds
from feedback_loop.remediation.threshold_advice import Advice, advice, judged_proposals
from feedback_loop.workflows.let_go import MAY_LET_GO
from feedback_loop.workflows.people import People, reason_of, roles_of
from feedback_loop.workflows.snapshots import snapshot_of

HIGHEST_COST = 1_000_000
LEAST_THRESHOLD = 0.01
"""A threshold below this asks for no confidence at all."""

THRESHOLD, PROPOSAL, EFFECT = (TABLES[name] for name in ("state_threshold", "remediation_proposal", "outcomes_effect"))


def advised(
    tables: TableStore, state: StateStore | None, playbooks: Sequence[Playbook], at: datetime, wrong_costs: float | None = None
) -> list[Advice]:
    """The advice of each playbook, by id; raises BadInput where a wrong action would cost nothing, or without end."""
    if wrong_costs is not None and not 0 < wrong_costs <= HIGHEST_COST:
        raise BadInput(f"--wrong-costs has to be above 0 and up to {HIGHEST_COST:,}: as how many missed ones a wrong action costs.")
    judged = judged_proposals(snapshot_of(state, PROPOSAL.name), tables.read(EFFECT))
    return list(advice(judged, playbooks, _held(state, at), wrong_costs))


def promote(
    playbook_id: str,
    score: float,
    why: str,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    playbooks: Sequence[Playbook],
    at: datetime,
) -> tuple[Advice, bool]:
    """What holds after the person's word, and whether that is news; raises BadInput for what is unknown, LettingGoRefused where lowering
    takes a role.
    """
    roles, reason = roles_of(person, people), reason_of(why)
    if not LEAST_THRESHOLD <= score <= 1.0:
        raise BadInput(f"the threshold {score:g} is no confidence. Name one from {LEAST_THRESHOLD:g} to 1.")
    known = {one.playbook_id: one for one in advised(tables, state, playbooks, at)}
    if playbook_id not in known:
        raise UnknownChoice("playbook", playbook_id, sorted(known))
    before = known[playbook_id]
    if score < before.held and not set(roles) & set(MAY_LET_GO):
        state.note("lowering_refused", playbook_id, person, {"threshold_score": score, "roles": sorted(roles)}, at)
        raise LettingGoRefused(person, f"that {playbook_id} needs {score:g} instead of {before.held:g}", MAY_LET_GO)
    if _held(state, at).get(playbook_id) == score:
        return before, False
    judged = judged_proposals(state.snapshot(PROPOSAL), tables.read(EFFECT)).filter(pl.col("playbook_id") == playbook_id)
    state.record(THRESHOLD, [_row(playbook_id, score, judged, person, at)], person, at)
    state.note("threshold_promoted", playbook_id, person, {"threshold_score": score, "before": before.held, "why": reason}, at)
    (now,) = (one for one in advised(tables, state, playbooks, at) if one.playbook_id == playbook_id)
    return now, True


def _row(playbook_id: str, score: float, judged: pl.DataFrame, person: str, at: datetime) -> dict[str, object]:
    """The row of `state_threshold`; `judged` are the rows of `judged_proposals` of the playbook."""
    passed = judged.filter(pl.col("confidence_score") >= score)
    return {
        "threshold_id": stable_id("threshold", playbook_id, score, person, at),
        "playbook_id": playbook_id,
        "threshold_score": score,
        "precision_share": float(passed["is_right"].sum()) / passed.height if passed.height else None,
        "judged_count": judged.height,
        "promoted_by": person,
        "effective_at": at,
    }


def _held(state: StateStore | None, at: datetime) -> dict[str, float]:
    return {name: row["threshold_score"] for name, row in latest_thresholds(snapshot_of(state, THRESHOLD.name, at), at).items()}
