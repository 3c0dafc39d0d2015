"""What each class has shown on its way to the next phase, read from labels, gates, proposals, effects and promises.

What is asked stands in `remediation/phase_gates`. The rule that is easy to break: a fix counts for the class of the alert that it was
proposed for, judged by its effect, whoever approved it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from feedback_loop.analysis.gold_labels import counting, of_hold_out
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.loop_vocab import EffectVerdict
from feedback_loop.contracts.routes import GateVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.outcomes.sla_gate import late_classes
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.autonomy import AUTONOMY, autonomy_at
from feedback_loop.remediation.phase_gates import Requirement, Shown, requirements
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.workflows.gates import GATE, gates_in_force
from feedback_loop.workflows.snapshots import snapshot_of


def gates_of_phases(
    tables: TableStore, state: StateStore | None, playbooks: Sequence[Playbook], taxonomy: Taxonomy, at: datetime
) -> list[Requirement]:
    """What each class needs for its next phase, class by class."""
    kept = {name: snapshot_of(state, name, at) for name in ("state_label", GATE.name, AUTONOMY.name, "remediation_proposal")}
    labelled, agreed = _labels(tables, kept["state_label"])
    judged, helped = _fixes(tables, kept["remediation_proposal"])
    open_classes = _open_gates(gates_in_force(kept[GATE.name], kept["state_label"], tables, taxonomy), taxonomy)
    late, held = late_classes(tables.read(TABLES["outcomes_sla_stage"]), at), autonomy_at(kept[AUTONOMY.name], at)
    found: list[Requirement] = []
    for name in map(str, ISSUE_CLASSES):
        counts = (labelled.get(name, 0), agreed.get(name, 0), name in open_classes, judged.get(name, 0), helped.get(name, 0))
        found += requirements(Shown(name, held.phase_of(name), *counts, _has_playbook(playbooks, name), name in late))
    return found


def _labels(tables: TableStore, labels: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Held-out labels by the platform's class that was decided for their fragments, and how many of them agree."""
    columns = ["fragment_id", "taxonomy_class", "best_class", "is_abstained"]
    decided = tables.read(TABLES["analysis_classification"], columns=columns).filter(~pl.col("is_abstained"))
    joined = counting(labels).filter(of_hold_out()).select("fragment_id", "labelled_class").join(decided, on="fragment_id")
    agreed = joined.filter(pl.col("labelled_class") == pl.col("taxonomy_class"))
    return _counts(joined, "best_class"), _counts(agreed, "best_class")


def _fixes(tables: TableStore, proposals: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    alerts = tables.read(TABLES["analysis_alert"], columns=["alert_id", "alerted_class"]).unique("alert_id")
    verdicts = tables.read(TABLES["outcomes_effect"]).filter(pl.col("effect_verdict") != str(EffectVerdict.INSUFFICIENT_EVIDENCE))
    of_class = verdicts.join(proposals.select("proposal_id", "alert_id"), on="proposal_id").join(alerts, on="alert_id")
    return _counts(of_class, "alerted_class"), _counts(of_class.filter(effect_verdict=str(EffectVerdict.FIXED)), "alerted_class")


def _counts(rows: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(rows.drop_nulls(column).group_by(column).len().iter_rows())


def _open_gates(held: pl.DataFrame, taxonomy: Taxonomy) -> frozenset[str]:
    """The platform's classes of which the gate of the latest version is open."""
    latest = held.sort("gated_at", "gate_id").group_by("gate_class", maintain_order=True).last()
    words = latest.filter(pl.col("gate_verdict") == str(GateVerdict.OPEN))["gate_class"].to_list()
    found = (taxonomy.called(word) for word in words)
    return frozenset(str(one.platform_class) for one in found if one is not None)


def _has_playbook(playbooks: Sequence[Playbook], name: str) -> bool:
    acting = (one.trigger for one in playbooks if not one.is_review and not one.is_notice)
    return any(not trigger.complaint_classes or name in map(str, trigger.complaint_classes) for trigger in acting)


def ready_classes(found: Sequence[Requirement]) -> list[str]:
    """The classes that have shown all that their next phase asks for, in their order."""
    short = {one.complaint_class for one in found if not one.is_met}
    return [name for name in dict.fromkeys(one.complaint_class for one in found) if name not in short]
