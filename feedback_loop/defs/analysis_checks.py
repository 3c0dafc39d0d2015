"""Checks of the analysis beyond its contracts that need figures of other days, or are about what people are told of a cause.

Those that compare an asset's rows with its inputs stand below the assets, in `analysis_assets`. The rule that is easy to break: a check
that compares with the past warns and stops nothing, one of a single row's own logic blocks.
"""

import dagster as dg

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.checks import daily_check, result
from feedback_loop.defs.model_checks import told
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.workflows import checks
from feedback_loop.workflows.noise_share import noise_judgement


@daily_check("analysis_cluster")
def no_more_fits_no_cluster_than_usual(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The share of complaints that fit no cluster is the usual one."""
    found = noise_judgement(store.open(), days_of(context))
    return told(found, result([str(day["event_date"]) for day in found.figures]).metadata)


@daily_check("analysis_hypothesis")
def no_cause_is_named_without_evidence(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Every hypothesis that names a cause says something about it, and one that is called likely something that speaks for it."""
    return result(checks.hypotheses_without_evidence(store.open().read(TABLES["analysis_hypothesis"], days_of(context))))
