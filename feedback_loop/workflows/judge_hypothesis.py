"""A person confirms or rejects a hypothesis: a label with the score as it is at that time, added and never changed.

What labels prove is in `analysis/hypothesis_labels`. The rules that are easy to break: saying the same again adds nothing, while saying
otherwise, or the same for another reason, adds a later label, which counts; and the unknown cause can be confirmed too: that no known
change is to blame.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.analysis.hypothesis_labels import counting, waiting
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import HypothesisLabel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.people import LONGEST_WHY, People, roles_of

HYPOTHESIS, LABEL = TABLES["analysis_hypothesis"], TABLES["state_hypothesis_label"]


@dataclass(frozen=True)
class Judged:
    """The label that counts now, and whether it is new."""

    label_id: str
    hypothesis_id: str
    hypothesis_label: HypothesisLabel
    is_new: bool


def judge_hypothesis(
    hypothesis_id: str,
    label: HypothesisLabel,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    at: datetime,
    why: str | None = None,
) -> Judged:
    """The label that the person gave the hypothesis; raises BadInput where person or hypothesis is unknown, or the reason endless."""
    roles_of(person, people)
    reason = (why or "").strip() or None
    if reason is not None and len(reason) > LONGEST_WHY:
        raise BadInput(f"the reason has {len(reason):,} characters. Shorten it to {LONGEST_WHY:,}.")
    hypothesis = _hypothesis(hypothesis_id, tables)
    before = counting(state.snapshot(LABEL)).filter(pl.col("hypothesis_id") == hypothesis_id).to_dicts()
    same = before and (before[0]["hypothesis_label"], before[0]["labelled_by"]) == (label, person)
    if same and reason in (None, before[0]["label_why"]):
        return Judged(before[0]["label_id"], hypothesis_id, label, is_new=False)
    row = {
        **{name: hypothesis[name] for name in ("hypothesis_id", "alert_id", "product", "cause_kind", "cause_id", "hypothesis_version")},
        "label_id": stable_id("hypothesis_label", hypothesis_id, person, str(label), at),
        "hypothesis_label": str(label),
        "hypothesis_score_applied": hypothesis["hypothesis_score"],
        "labelled_by": person,
        "labelled_at": at,
        "label_why": reason,
    }
    state.record(LABEL, [row], person, at)
    return Judged(str(row["label_id"]), hypothesis_id, label, is_new=True)


def hypotheses_waiting(tables: TableStore, labels: pl.DataFrame, days: DayRange | None = None) -> pl.DataFrame:
    """The hypotheses of the days, or of all, that nobody judged."""
    return waiting(tables.read(HYPOTHESIS, days), labels)


def _hypothesis(hypothesis_id: str, tables: TableStore) -> dict[str, Any]:
    found = tables.read(HYPOTHESIS, matching=pl.DataFrame({"hypothesis_id": [hypothesis_id]}))
    if found.is_empty():
        raise BadInput("no hypothesis has this id. `issues show ID` names those of an issue, `labels hypotheses --waiting` those to judge.")
    return found.row(0, named=True)
