"""Outcomes: how long each step took, whether a fix helped, what it was worth. Small tables over all days, replaced whole."""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from feedback_loop.analysis.gold_labels import counting, of_hold_out
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.checks import contract_check, warned
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.outcomes.customer_metrics import Customers
from feedback_loop.outcomes.effect import Decided, Feedback, effects, fix_windows
from feedback_loop.outcomes.latencies import sla_events
from feedback_loop.outcomes.lifecycle import Recorded, lifecycle_events
from feedback_loop.outcomes.loop_metrics import Handled
from feedback_loop.outcomes.metrics import metrics
from feedback_loop.outcomes.roi import Ledger, returns
from feedback_loop.outcomes.roi_rows import comparison_rows
from feedback_loop.outcomes.sla_stages import left_waiting, sla_stages
from feedback_loop.workflows.roi import BOOKS, read_assumptions, read_books
from feedback_loop.workflows.sla import HAPPENED, read_happened, read_sla_policy

_LIFE = (
    "analysis_alert", "silver_fragment", "analysis_classification", "gold_issue", "analysis_hypothesis", "remediation_proposal",
    "remediation_action", "remediation_message", "state_label",
)  # fmt: skip
_DECIDED = ("analysis_alert", "analysis_cohort", "analysis_hypothesis", "remediation_proposal", "remediation_action")
_FEEDBACK = ("silver_message", "silver_fragment", "analysis_classification")
_LEDGER = ("context_business_event", "context_customer")
_CUSTOMERS = (
    "silver_message", "silver_fragment", "analysis_classification", "context_business_event", "remediation_message",
    "remediation_proposal", "analysis_alert",
)  # fmt: skip
_HANDLED = ("outcomes_lifecycle_event", "outcomes_sla_stage", "remediation_proposal", "outcomes_effect")

_Columns = Mapping[str, tuple[str, ...]]
"""What is read of the tables that are not small."""

_OF_LIFE: _Columns = {
    "silver_fragment": ("fragment_id", "occurred_at", "landed_at"),
    "analysis_classification": ("fragment_id", "is_abstained"),
    "gold_issue": ("alert_ids", "day_fragment_ids", "event_date"),
}
_OF_FEEDBACK: _Columns = {
    "silver_message": ("record_id", "customer_id", "product", "occurred_at", *SCOPE_DIMENSIONS),
    "silver_fragment": ("fragment_id", "record_id", "duplicate_of"),
    "analysis_classification": ("fragment_id", "best_class"),
}
_OF_CUSTOMERS: _Columns = {
    "silver_message": ("product", "occurred_at", "rating"),
    "silver_fragment": ("fragment_id", "record_id", "duplicate_of", "occurred_at", "product", "customer_id"),
    "analysis_classification": ("fragment_id", "best_class", "taxonomy_class", "is_abstained"),
}


def _read(store: StoreResource, names: tuple[str, ...], columns: _Columns | None = None) -> list[pl.DataFrame]:
    tables, narrow = store.open(), columns or {}
    return [tables.read(TABLES[name], columns=narrow.get(name)) for name in names]


@table_asset(deps=_LIFE)
def outcomes_lifecycle_event(store: StoreResource) -> pl.DataFrame:
    """The steps of each alert that led to a proposal."""
    *tables, labels = _read(store, _LIFE, _OF_LIFE)
    return lifecycle_events(Recorded(*(*tables, counting(labels))))


outcomes_lifecycle_event_contract = contract_check("outcomes_lifecycle_event")


@table_asset(deps=["outcomes_lifecycle_event"])
def outcomes_sla_event(store: StoreResource) -> pl.DataFrame:
    """The five latencies of each of those alerts against their targets."""
    (lifecycle,) = _read(store, ("outcomes_lifecycle_event",))
    return sla_events(lifecycle)


outcomes_sla_event_contract = contract_check("outcomes_sla_event")


@table_asset(deps=HAPPENED)
def outcomes_sla_stage(store: StoreResource) -> pl.DataFrame:
    """What each rise of complaints was promised under the home's SLA policy, and how it stands."""
    return sla_stages(read_happened(store.open()), read_sla_policy(store.home.settings().sla_file))


outcomes_sla_stage_contract = contract_check("outcomes_sla_stage")


@dg.asset_check(asset="outcomes_sla_stage", blocking=True, description="No promise is broken or about to be while nobody has kept it.")
def no_promise_is_left_waiting(store: StoreResource) -> dg.AssetCheckResult:
    """Warns, so that whoever is told of failing checks hears of it; `sla watch` says the same of any moment."""
    (stages,) = _read(store, ("outcomes_sla_stage",))
    waiting = left_waiting(stages).select("due_at", "promised_stage", "sla_verdict", "alerted_id").rows()
    # While a pause goes on nothing has a date on which it is due.
    whens = (f"{due:%Y-%m-%d %H:%M}" if due else "paused" for due, *_ in waiting)
    told = zip(whens, waiting, strict=True)
    return warned([f"{when} {stage} {verdict.replace('_', ' ')}: {alert}" for when, (_, stage, verdict, alert) in told])


@table_asset(deps=[*_DECIDED, *_FEEDBACK])
def outcomes_effect(store: StoreResource) -> pl.DataFrame:
    """Whether each executed fix helped, treated against control."""
    return effects(Decided(*_read(store, _DECIDED)), Feedback(*_read(store, _FEEDBACK, _OF_FEEDBACK)))


outcomes_effect_contract = contract_check("outcomes_effect")


@table_asset(deps=sorted({*_CUSTOMERS, *_HANDLED, "state_label"}))
def outcomes_metric(store: StoreResource) -> pl.DataFrame:
    """The figures that people decide by, per product and week."""
    customers, (labels,) = Customers(*_read(store, _CUSTOMERS, _OF_CUSTOMERS)), _read(store, ("state_label",))
    held_out = counting(labels).filter(of_hold_out())
    lifecycle, stages, proposals, judged = _read(store, _HANDLED)
    handled = Handled(lifecycle, stages, proposals, judged, held_out, customers.fragments, customers.classifications)
    return metrics(customers, handled, read_assumptions(store.home.settings().roi_file))


outcomes_metric_contract = contract_check("outcomes_metric")


@table_asset(deps=["outcomes_effect", *_DECIDED, *_LEDGER])
def outcomes_roi(store: StoreResource) -> pl.DataFrame:
    """What each judged fix was worth, component by component."""
    (judged,) = _read(store, ("outcomes_effect",))
    assumptions = read_assumptions(store.home.settings().roi_file)
    return returns(judged, fix_windows(Decided(*_read(store, _DECIDED))), Ledger(*_read(store, _LEDGER)), assumptions)


outcomes_roi_contract = contract_check("outcomes_roi")


@table_asset(deps=[*BOOKS, "state_model_call"])
def outcomes_roi_comparison(store: StoreResource) -> pl.DataFrame:
    """The days with the loop beside those before it that roi.yaml names."""
    (calls,) = _read(store, ("state_model_call",))
    return comparison_rows(read_books(store.open(), calls), read_assumptions(store.home.settings().roi_file))


outcomes_roi_comparison_contract = contract_check("outcomes_roi_comparison")
