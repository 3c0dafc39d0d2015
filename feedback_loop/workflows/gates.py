"""The gates of the automatic route: from a version's answers to the hold-out to rows of `state_gate`, and which of them hold now.

How a gate is proven is in `analysis/automatic_gates`, what it does to a fragment in `analysis/routes`. The rules that are easy to break: a
person puts gates in force, the loop only shuts them, where what they let through was right less often than promised; and a gate belongs to
one version of the classifier, so that a new version decides nothing alone until somebody put its own gates in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.analysis.automatic_gates import Gate, GatePolicy, gates
from feedback_loop.analysis.gold_labels import counting, in_words_of, of_hold_out
from feedback_loop.analysis.routes import in_force
from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE, Taxonomy
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.routes import GateVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore, TableStore

GATE = TABLES["state_gate"]

_DECIMALS = 6
_CLASSES = TABLES["analysis_classification"]
_READ = ("fragment_id", "taxonomy_class", "class_score", "is_abstained", "classifier_version")


@dataclass(frozen=True)
class Gated:
    """The gates that the hold-out gives one version."""

    classifier_version: str
    gates: tuple[Gate, ...]
    policy: GatePolicy
    held_out_count: int
    """Held-out labels that it was asked about; those that it abstained from prove nothing."""

    def rows(self, person: str, why: str, at: datetime) -> list[dict[str, Any]]:
        """Rows of `state_gate`, one for each class."""
        return [self._row(one) | {"gate_why": why, "gated_by": person, "gated_at": at, "gate_id": self._id(one, at)} for one in self.gates]

    @property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """The figures of each class as plain values."""
        return {one.gate_class: {name: value for name, value in self._row(one).items() if name != "gate_class"} for one in self.gates}

    def _id(self, one: Gate, at: datetime) -> str:
        return stable_id("gate", self.classifier_version, one.gate_class, at)

    def _row(self, one: Gate) -> dict[str, Any]:
        low = one.precision_low(self.policy.delta)
        return {
            "classifier_version": self.classifier_version,
            "gate_class": one.gate_class,
            "gate_verdict": str(one.verdict),
            "gate_scope": None if one.scope is None else str(one.scope),
            "gate_score": one.score,
            "target_precision_share": self.policy.target_precision,
            "delta_share": self.policy.delta,
            "gate_label_count": one.proof.label_count,
            "gate_passed_count": one.proof.passed_count,
            "gate_right_count": one.proof.passed_right_count,
            "precision_low_share": None if low is None else round(low, _DECIMALS),
            "class_label_count": one.own.label_count,
            "class_passed_count": one.own.passed_count,
            "class_right_count": one.own.passed_right_count,
            "labels_needed_count": one.labels_needed,
        }


def gated(version: str, classified: pl.DataFrame, truth: Mapping[str, str], taxonomy: Taxonomy, policy: GatePolicy | None = None) -> Gated:
    """The gates of the version, from its rows of `analysis_classification` about the held-out fragments and their true classes."""
    policy, decided = policy or GatePolicy(), classified.filter(~pl.col("is_abstained"))
    true = pl.Series([truth[name] for name in decided["fragment_id"]], dtype=pl.String)
    judged = decided.select("taxonomy_class", "class_score", (pl.col("taxonomy_class") == true).alias("is_right"))
    return Gated(version, gates(judged, taxonomy.names, sensitive_words(taxonomy), policy), policy, classified.height)


def sensitive_words(taxonomy: Taxonomy) -> frozenset[str]:
    """The classes of the taxonomy that are never decided without a person."""
    return frozenset(str(one.name) for one in taxonomy.classes if one.is_sensitive or one.platform_class in SENSITIVE_BY_NATURE)


def put_in_force(state: StateStore, found: Gated, person: str, why: str, at: datetime) -> int:
    """How many gates are in force from the instant on; each is kept and told to the audit trail, also where it is shut."""
    return state.record(GATE, found.rows(person, why.strip(), at), person, at)


def gates_in_force(kept: pl.DataFrame, labels: pl.DataFrame, tables: TableStore, taxonomy: Taxonomy) -> pl.DataFrame:
    """The gates that hold now, from rows of `state_gate` and `state_label`.

    One is shut where of the held-out fragments that it let through fewer were right than its target, by the labels of today; and where
    the taxonomy of today calls its class sensitive, or has no such class, whose labels could shut it.
    """
    held = _as_the_taxonomy_allows(in_force(kept), taxonomy)
    if not (held["gate_verdict"] == GateVerdict.OPEN).any():
        return held
    passed = _history(held, labels, tables, taxonomy)
    joined = held.join(passed, on=["classifier_version", "gate_class"], how="left")
    is_worse = (pl.col("right") < pl.col("target_precision_share") * pl.col("passed")).fill_null(False)
    return joined.with_columns(
        pl.when(is_worse).then(pl.lit(str(GateVerdict.LOW_HISTORICAL_PRECISION))).otherwise("gate_verdict").alias("gate_verdict"),
        pl.when(~is_worse).then("gate_score").alias("gate_score"),
    ).select(held.columns)


def _as_the_taxonomy_allows(held: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    """The gates, shut where the version in use was promoted before people said otherwise of its class."""
    present = {word: taxonomy.called(word) for word in held["gate_class"].unique()}
    of_sensitive = sorted(word for word, one in present.items() if one is not None and str(one.name) in sensitive_words(taxonomy))
    of_nobody = sorted(word for word, one in present.items() if one is None)
    is_open = pl.col("gate_verdict") == GateVerdict.OPEN
    is_sensitive, is_gone = (is_open & pl.col("gate_class").is_in(words) for words in (of_sensitive, of_nobody))
    return held.with_columns(
        pl.when(is_sensitive)
        .then(pl.lit(str(GateVerdict.SENSITIVE_CLASS)))
        .when(is_gone)
        .then(pl.lit(str(GateVerdict.TOO_FEW_LABELS)))
        .otherwise("gate_verdict")
        .alias("gate_verdict"),
        pl.when(~is_sensitive & ~is_gone).then("gate_score").alias("gate_score"),
    )


def _history(held: pl.DataFrame, labels: pl.DataFrame, tables: TableStore, taxonomy: Taxonomy) -> pl.DataFrame:
    """classifier_version, gate_class, passed, right: what each gate let through of the labelled hold-out, as it was stored then."""
    known, _ = in_words_of(taxonomy, counting(labels))
    truth = known.filter(of_hold_out()).select("fragment_id", "labelled_class")
    said = tables.read(_CLASSES, columns=_READ, matching=truth.select("fragment_id")) if truth.height else pl.DataFrame(schema=_types())
    of_gate = said.filter(~pl.col("is_abstained")).join(
        held.drop_nulls("gate_score").select("classifier_version", "gate_score", taxonomy_class="gate_class"),
        on=["classifier_version", "taxonomy_class"],
    )
    passed = of_gate.filter(pl.col("class_score") >= pl.col("gate_score")).join(truth, on="fragment_id")
    words = {word: str(one.name) for word in passed["taxonomy_class"].unique() if (one := taxonomy.called(word)) is not None}
    is_right = pl.col("taxonomy_class").replace(words) == pl.col("labelled_class")
    return passed.group_by("classifier_version", gate_class="taxonomy_class").agg(
        pl.len().cast(pl.Int64).alias("passed"), is_right.sum().cast(pl.Int64).alias("right")
    )


def _types() -> dict[str, pl.DataType]:
    schema = pl.Schema(_CLASSES.schema)
    return {name: schema[name] for name in _READ}
