"""Who decides about each fragment, and why: the cascade's word, by the gates in force. It writes `analysis_route`.

Automatic is what the local tier decided at or above the gate of its class and version, in a text that tells enough; what a language model
answered goes by its own name, all else to people. Where gates come from is in `automatic_gates`. The rules that are easy to break: a
language model's row never meets a gate, because its version has none; and a sensitive class goes to people before anything else is asked.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.analysis.evidence import EXTRACTOR_VERSION
from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE
from feedback_loop.contracts.routes import GateVerdict, Route, RoutingReason
from feedback_loop.contracts.tables import TABLES

STRONG_INDICATORS = 3
"""Verified pieces of evidence that a text has to hold before it is decided without anybody (R66)."""

ANSWERED_MARK = "+"
"""Stands in the classifier_version of a row whose class a language model gave, and in no other."""

_SCHEMA = pl.Schema(TABLES["analysis_route"].schema)
_KEY = ["classifier_version", "taxonomy_class"]
_VERDICTS = {
    GateVerdict.TOO_FEW_LABELS: RoutingReason.TOO_FEW_LABELS,
    GateVerdict.TARGET_NOT_REACHED: RoutingReason.TARGET_NOT_REACHED,
    GateVerdict.LOW_HISTORICAL_PRECISION: RoutingReason.LOW_HISTORICAL_PRECISION,
    GateVerdict.SENSITIVE_CLASS: RoutingReason.SENSITIVE_CLASS,
}


def is_answered() -> pl.Expr:
    """Whether a row of `analysis_classification` has its class from a language model."""
    return pl.col("classifier_version").str.contains(ANSWERED_MARK, literal=True)


def routes(classes: pl.DataFrame, evidence: pl.DataFrame, gates: pl.DataFrame) -> pl.DataFrame:
    """Rows of `analysis_route`, from rows of `analysis_classification` and `analysis_evidence` and the gates as `in_force` gives them."""
    told = classes.join(indicators(evidence), on="fragment_id", how="left", maintain_order="left").join(
        gates.select("classifier_version", "gate_verdict", taxonomy_class="gate_class", gate_score_applied="gate_score"),
        on=_KEY,
        how="left",
        maintain_order="left",
    )
    reasoned = told.with_columns(pl.col("strong_indicator_count").fill_null(0)).with_columns(_reason().alias("route_reason"))
    return reasoned.with_columns(_route().alias("route")).select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def in_force(gates: pl.DataFrame) -> pl.DataFrame:
    """The latest gate of each class and version; rows of `state_gate`."""
    latest = gates.sort("gated_at", "gate_id").group_by("classifier_version", "gate_class", maintain_order=True).last()
    return latest.select(gates.columns)


def indicators(evidence: pl.DataFrame) -> pl.DataFrame:
    """fragment_id and strong_indicator_count: how many different things the rules found in the text, whatever a language model quotes."""
    said = evidence.filter(pl.col("extractor_version") == EXTRACTOR_VERSION)
    distinct = said.select("fragment_id", "evidence_kind", pl.col("evidence_text").str.to_lowercase()).unique()
    return distinct.group_by("fragment_id").agg(pl.len().cast(pl.Int64).alias("strong_indicator_count"))


def _reason() -> pl.Expr:
    sensitive = [str(one) for one in SENSITIVE_BY_NATURE]
    is_sensitive = pl.col("complaint_class").is_in(sensitive).fill_null(False) | pl.col("best_class").is_in(sensitive).fill_null(True)
    # What is no number is never above a gate.
    passes = pl.col("class_score").is_between(pl.col("gate_score_applied"), 1.0).fill_null(False)
    return (
        pl.when(is_sensitive)
        .then(pl.lit(str(RoutingReason.SENSITIVE_CLASS)))
        .when(pl.col("is_abstained"))
        .then(pl.lit(str(RoutingReason.ABSTAINED)))
        .when(is_answered())
        .then(pl.lit(str(RoutingReason.ANSWERED_BY_MODEL)))
        .when(pl.col("gate_verdict").is_null())
        .then(pl.lit(str(RoutingReason.NO_GATE)))
        .when(pl.col("gate_verdict") != GateVerdict.OPEN)
        .then(pl.col("gate_verdict").replace({str(verdict): str(reason) for verdict, reason in _VERDICTS.items()}))
        .when(~passes)
        .then(pl.lit(str(RoutingReason.BELOW_GATE)))
        .when(pl.col("strong_indicator_count") < STRONG_INDICATORS)
        .then(pl.lit(str(RoutingReason.TOO_LITTLE_EVIDENCE)))
        .otherwise(pl.lit(str(RoutingReason.CERTIFIED)))
    )


def _route() -> pl.Expr:
    return (
        pl.when(pl.col("route_reason") == RoutingReason.CERTIFIED)
        .then(pl.lit(str(Route.AUTOMATIC)))
        .when(pl.col("route_reason") == RoutingReason.ANSWERED_BY_MODEL)
        .then(pl.lit(str(Route.LLM)))
        .otherwise(pl.lit(str(Route.HUMAN)))
    )
