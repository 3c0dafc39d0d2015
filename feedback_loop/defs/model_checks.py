"""Checks of the classifier: those on the hold-out stop remediation, those of a day's shares only warn.

What they judge is in `workflows/model_health` and `analysis/model_health`. Those on the hold-out stand on `state_model`; proposals wait for
it and gold does not: where one fails, the day's issues are computed and nothing is proposed because of them. Marts stay as they were, as
with every check that blocks. The rule that is easy to break: metadata hold classes and figures, never a word of a customer.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from feedback_loop.analysis.model_health import Judgement, evidence_judgement
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.active_model import classifier_in_use
from feedback_loop.defs.charts import reliability_of_bins
from feedback_loop.defs.checks import daily_check
from feedback_loop.defs.resources import EmbedderResource, StateResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.workflows.model_health import abstention_judgement, hold_out_judgements, scope_judgement

MODEL_CHECKS = (
    "decided_classes_are_right_on_the_hold_out",
    "confidence_is_true_on_the_hold_out",
    "no_more_is_left_open_than_usual",
    "no_more_is_out_of_scope_than_usual",
    "quotations_stand_in_their_texts",
)
"""The names of the checks below; `feedback_loop_tests/defs/test_model_checks.py` plants a fault for each."""

_SHOWN = 50


@daily_check("state_model")
def decided_classes_are_right_on_the_hold_out(
    store: StoreResource, state: StateResource, embedder: EmbedderResource
) -> dg.AssetCheckResult:
    """Of no class are provably fewer decisions right on held-out gold labels than the precision aimed at."""
    return told(of_hold_out(store, state, embedder)["precision"])


@daily_check("state_model")
def confidence_is_true_on_the_hold_out(store: StoreResource, state: StateResource, embedder: EmbedderResource) -> dg.AssetCheckResult:
    """The classifier's confidence is not provably far from how often it is right on held-out gold labels."""
    found = of_hold_out(store, state, embedder)["calibration"]
    return told(found, reliability_of_bins(found.figures, "answers") if found.figures else {})


@daily_check("analysis_classification")
def no_more_is_left_open_than_usual(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The share of fragments without a class is the usual one."""
    return told(abstention_judgement(store.open(), days_of(context)))


@daily_check("analysis_classification")
def no_more_is_out_of_scope_than_usual(
    context: dg.AssetCheckExecutionContext, store: StoreResource, state: StateResource, embedder: EmbedderResource
) -> dg.AssetCheckResult:
    """The share of fragments that the classifier was not made for is the usual one."""
    return told(scope_judgement(store.open(), days_of(context), classifier_in_use(embedder, store, state)))


@daily_check("analysis_evidence")
def quotations_stand_in_their_texts(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Of what a language model quoted in this run, hardly anything was dropped because it is not in the text."""
    event = context.instance.get_latest_materialization_event(dg.AssetKey("analysis_evidence"))
    materialization = event.asset_materialization if event is not None and event.run_id == context.run.run_id else None
    counts: Mapping[str, Any] = materialization.metadata if materialization is not None else {}
    kept, dropped = (int(counts[name].value) if name in counts else 0 for name in ("quotation_count", "dropped_quotation_count"))
    return told(evidence_judgement(kept, dropped))


def of_hold_out(store: StoreResource, state: StateResource, embedder: EmbedderResource) -> dict[str, Judgement]:
    """What the hold-out proves of the classifier in use."""
    labels = state.snapshot(TABLES["state_label"])
    return hold_out_judgements(labels, store.open(), lambda: (classifier_in_use(embedder, store, state), embedder.open()))


def told(judgement: Judgement, more: Mapping[str, dg.MetadataValue] | None = None) -> dg.AssetCheckResult:
    """The judgement as Dagster shows it, with more beside its figures."""
    rows = [dg.TableRecord({name: _figure(value) for name, value in row.items()}) for row in judgement.figures[:_SHOWN]]
    figures = {"figures": dg.MetadataValue.table(rows)} if rows else {}
    return dg.AssetCheckResult(
        passed=judgement.is_passed,
        severity=dg.AssetCheckSeverity.ERROR if judgement.is_error else dg.AssetCheckSeverity.WARN,
        description=judgement.said,
        metadata={**figures, **(more or {})},
    )


def _figure(value: object) -> str | float | int | None:
    return value if value is None or isinstance(value, int) else round(value, 4) if isinstance(value, float) else str(value)
