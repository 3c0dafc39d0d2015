"""Alerts and what explains them: what rose, which peaks come back, for whom, and why."""

import dagster as dg
import polars as pl

from feedback_loop.analysis.alert_volume import strongest_volumes
from feedback_loop.analysis.cohorts import cohorts
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.forecast import forecasts
from feedback_loop.analysis.hypotheses import TELEMETRY_DAYS, hypotheses
from feedback_loop.contracts.tables import SEASON_DAYS, TABLES, WINDOW_DAYS
from feedback_loop.defs.charts import alert_charts, alert_volume_charts, cohort_charts, news_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.decided import decided, decided_of
from feedback_loop.defs.io_manager import whole, window
from feedback_loop.defs.resources import ClockResource, EmbedderResource, StateResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.workflows import checks
from feedback_loop.workflows.alert_rules import read_rules

ONE_DAY, WINDOW, SEASON = window(1), window(WINDOW_DAYS), window(SEASON_DAYS)


@table_asset(
    ins={
        "silver_message": WINDOW,
        "silver_fragment": WINDOW,
        "analysis_classification": WINDOW,
        "analysis_cluster": ONE_DAY,
        "context_release": whole(),
        "context_change": whole(),
    }
)
def analysis_alert(
    context: dg.AssetExecutionContext,
    store: StoreResource,
    state: StateResource,
    clock: ClockResource,
    silver_message: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
    analysis_cluster: pl.DataFrame,
    context_release: pl.DataFrame,
    context_change: pl.DataFrame,
) -> pl.DataFrame:
    """What rose beyond what the weeks before let expect, which of it is news, and the releases and versions that stand beside it."""
    said = (silver_fragment, silver_message, analysis_classification, analysis_cluster)
    rules = read_rules(store.home.settings().alert_rules_file)
    found = alerts(*said, context_release, days_of(context), rules, context_change)
    kept = decided(context, store, state, clock).kept("analysis_alert", found)
    context.add_output_metadata({**alert_charts(kept), **news_charts(kept, silver_message, context_change)})
    return kept


analysis_alert_contract = contract_check("analysis_alert")


@table_asset(ins={"silver_message": SEASON, "silver_fragment": SEASON, "analysis_classification": SEASON})
def analysis_forecast(
    context: dg.AssetExecutionContext,
    silver_message: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
) -> pl.DataFrame:
    """The peaks of complaints that are to be expected within two weeks because they came back before, or why none is foretold."""
    found = forecasts(silver_message, silver_fragment, analysis_classification, days_of(context))
    context.add_output_metadata({"peak_count": found["expected_peak_at"].count(), "reason_count": found["forecast_reason"].count()})
    return found


analysis_forecast_contract = contract_check("analysis_forecast")


_OF_ALERTS = {
    "analysis_alert": ONE_DAY,
    "silver_message": WINDOW,
    "silver_fragment": WINDOW,
    "analysis_classification": WINDOW,
    "analysis_cluster": ONE_DAY,
}
"""What an alert is looked at again with."""


@table_asset(ins=_OF_ALERTS)
def analysis_cohort(
    context: dg.AssetExecutionContext,
    store: StoreResource,
    state: StateResource,
    clock: ClockResource,
    analysis_alert: pl.DataFrame,
    silver_message: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
    analysis_cluster: pl.DataFrame,
) -> pl.DataFrame:
    """The segments of customers in which an alert's complaints are concentrated."""
    before, said = decided_of(analysis_alert, context, store, state, clock), (silver_message, silver_fragment, analysis_classification)
    found = cohorts(before.left_open(analysis_alert), *said, analysis_cluster, days_of(context))
    kept = before.kept("analysis_cohort", found)
    context.add_output_metadata(cohort_charts(kept))
    return kept


analysis_cohort_contract = contract_check("analysis_cohort")


@table_asset(
    ins={**_OF_ALERTS, "analysis_embedding": WINDOW, "analysis_cohort": ONE_DAY, "context_change": whole(), "context_incident": whole()},
    deps=["context_telemetry"],
)
def analysis_hypothesis(
    context: dg.AssetExecutionContext,
    embedder: EmbedderResource,
    store: StoreResource,
    state: StateResource,
    clock: ClockResource,
    analysis_alert: pl.DataFrame,
    silver_message: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
    analysis_cluster: pl.DataFrame,
    analysis_embedding: pl.DataFrame,
    analysis_cohort: pl.DataFrame,
    context_change: pl.DataFrame,
    context_incident: pl.DataFrame,
) -> pl.DataFrame:
    """The changes and incidents that may be to blame for an alert, or that none is known, with evidence for and against."""
    days, before = days_of(context), decided_of(analysis_alert, context, store, state, clock)
    telemetry = store.open().read(TABLES["context_telemetry"], days.widened(before=TELEMETRY_DAYS))
    said = (silver_message, silver_fragment, analysis_classification, analysis_cluster)
    about = (before.left_open(analysis_alert), analysis_cohort)
    known = (context_change, context_incident, telemetry, analysis_embedding)
    kept = before.kept("analysis_hypothesis", hypotheses(*about, *said, *known, embedder.open(), days))
    context.add_output_metadata(alert_volume_charts(strongest_volumes(analysis_alert, kept, *said[1:])))
    return kept


analysis_hypothesis_contract = contract_check("analysis_hypothesis")


@daily_check("analysis_hypothesis")
def scores_of_an_alert_sum_to_one(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The scores of an alert's hypotheses, the unknown cause among them, sum to one, and each alert has its unknown cause once."""
    return result(checks.alerts_whose_scores_do_not_sum_to_one(store.open().read(TABLES["analysis_hypothesis"], days_of(context))))
