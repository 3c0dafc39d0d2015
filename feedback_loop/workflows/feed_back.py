"""What outcomes lead to: the status of issues, and tighter thresholds of playbooks that were wrong. Written once, read by the next run.

That a fix was proposed, approved and executed the state store writes itself, with each of these changes. The rule that is easy to break:
the loop may only tighten. A threshold is lowered by a person or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import EffectVerdict, IssueStatus, MessageStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.autonomy import AUTONOMY, Autonomy, autonomy_at, demotions

TARGET_PRECISION = 0.8
"""Share of a playbook's judged fixes that have to have helped; below it its threshold rises."""

FEWEST_JUDGED = 3
"""Judged fixes below which one bad luck would decide."""

STEP, HIGHEST_THRESHOLD = 0.1, 0.95
"""By how much it rises at once, and up to where: at 1 a playbook would be switched off for good, which is for a person to do."""

Row = Mapping[str, Any]


def feed_back(tables: TableStore, state: StateStore, now: datetime) -> int:
    """How many statuses and thresholds are new; the same outcomes again add nothing."""
    proposals, messages = (state.snapshot(TABLES[name]) for name in ("remediation_proposal", "remediation_message"))
    effects = tables.read(TABLES["outcomes_effect"])
    statuses = list(issue_statuses(proposals, messages, effects))
    thresholds = list(tightened(proposals, effects, state.snapshot(TABLES["state_threshold"]), now))
    taken_back = list(demotions(_with_class(proposals, tables), effects, _held(state, now), list(map(str, ISSUE_CLASSES)), now))
    found = (("state_issue_status", statuses), ("state_threshold", thresholds), (AUTONOMY.name, taken_back))
    return sum(state.record(TABLES[name], rows, LOOP, now) for name, rows in found if rows)


def _held(state: StateStore, now: datetime) -> Autonomy:
    return autonomy_at(state.snapshot(AUTONOMY, now), now)


def _with_class(proposals: pl.DataFrame, tables: TableStore) -> pl.DataFrame:
    """The proposals with the class of the alert that each of them is about."""
    alerts = tables.read(TABLES["analysis_alert"], columns=["alert_id", "alerted_class"])
    return proposals.join(alerts.unique("alert_id"), on="alert_id", how="left")


def issue_statuses(proposals: pl.DataFrame, messages: pl.DataFrame, effects: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows of `state_issue_status`: that customers were told of an issue's fix, and that it helped; each once, at its own instant."""
    told = messages.filter(pl.col("message_status").is_in([str(MessageStatus.SENT), str(MessageStatus.CONFIRMED)]))
    first_told = dict(told.group_by("proposal_id").agg(pl.col("sent_at").min()).iter_rows())
    fixed = effects.filter(effect_verdict=str(EffectVerdict.FIXED)).group_by("proposal_id").agg(pl.col("measured_at").min())
    resolved = dict(fixed.iter_rows())
    is_fix = pl.col("is_executable") & pl.col("proposed_issue_id").is_not_null() & pl.col("proposed_hypothesis_id").is_not_null()
    for row in proposals.filter(is_fix).sort("proposed_at", "proposal_id").iter_rows(named=True):
        for status, steps in ((IssueStatus.CUSTOMERS_TOLD, first_told), (IssueStatus.RESOLVED, resolved)):
            if row["proposal_id"] in steps:
                yield _status(row, status, steps[row["proposal_id"]])


def _status(row: Row, status: IssueStatus, at: datetime) -> dict[str, Any]:
    return {
        "status_id": stable_id("status", row["proposed_issue_id"], row["proposal_id"], status),
        "issue_id": row["proposed_issue_id"],
        "issue_status": str(status),
        "changed_at": at,
        "changed_by": LOOP,
    }


def tightened(proposals: pl.DataFrame, effects: pl.DataFrame, thresholds: pl.DataFrame, now: datetime) -> Iterator[dict[str, Any]]:
    """Rows of `state_threshold` for playbooks whose judged fixes were right too seldom; each is above what holds already."""
    wanted = effects.filter(pl.col("effect_verdict") != str(EffectVerdict.INSUFFICIENT_EVIDENCE))
    judged = wanted.join(proposals.select("proposal_id", "playbook_id", "proposal_threshold_score"), on="proposal_id")
    held, judged_before = _in_force(proposals, thresholds), _judged_before(thresholds)
    for (playbook_id,), rows in sorted(judged.partition_by("playbook_id", as_dict=True).items()):
        precision = float((rows["effect_verdict"] == str(EffectVerdict.FIXED)).mean() or 0.0)  # type: ignore[arg-type]
        if rows.height < FEWEST_JUDGED or precision >= TARGET_PRECISION or judged_before.get(playbook_id, 0) >= rows.height:
            continue
        score = min(HIGHEST_THRESHOLD, float(rows["proposal_threshold_score"].max() or 0.0) + STEP)  # type: ignore[arg-type]
        if score <= held[playbook_id]:
            # What was judged was proposed under a laxer threshold than the present one, which is yet to be judged.
            continue
        yield {
            "threshold_id": stable_id("threshold", playbook_id, rows.height, score),
            "playbook_id": playbook_id,
            "threshold_score": score,
            "precision_share": precision,
            "judged_count": rows.height,
            "promoted_by": LOOP,
            "effective_at": now,
        }


def _in_force(proposals: pl.DataFrame, thresholds: pl.DataFrame) -> dict[str, float]:
    """What each playbook is held to: the threshold that was set last, or that of its last proposal where that is stricter."""
    proposed = proposals.sort("proposed_at", "proposal_id").select("playbook_id", "proposal_threshold_score")
    ruling = dict(thresholds.sort("effective_at", "threshold_id").select("playbook_id", "threshold_score").iter_rows())
    return {playbook_id: max(score, ruling.get(playbook_id, 0.0)) for playbook_id, score in proposed.iter_rows()}


def _judged_before(thresholds: pl.DataFrame) -> dict[str, int]:
    """Of how many judgements each playbook's threshold took account already."""
    return dict(thresholds.group_by("playbook_id").agg(pl.col("judged_count").max()).iter_rows())
