"""State: what people and the loop decided, as snapshots of the state store. Roots of the graph, for they flow backwards.

Two assets can't depend on each other, so what proposals and outcomes lead to (a status, a tighter threshold) is written into the state
store by the `feed_back_job` and read here by the next run, as of its time.
"""

import dagster as dg
import polars as pl

from feedback_loop.analysis.hypothesis_labels import judged_against_their_score, score_judgement, scores_and_truth
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.charts import reliability_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.model_checks import told
from feedback_loop.defs.resources import StateResource, StoreResource
from feedback_loop.defs.table_asset import table_asset


@table_asset()
def state_issue_status(state: StateResource) -> pl.DataFrame:
    """Every change of an issue's status."""
    return state.snapshot(TABLES["state_issue_status"])


state_issue_status_contract = contract_check("state_issue_status")


@table_asset()
def state_gate(state: StateResource) -> pl.DataFrame:
    """Every gate of the automatic route: of which class, on which held-out labels, put in force by whom."""
    return state.snapshot(TABLES["state_gate"])


state_gate_contract = contract_check("state_gate")


@table_asset()
def state_autonomy(state: StateResource) -> pl.DataFrame:
    """Every word on how far a class, or everything, may go by itself."""
    return state.snapshot(TABLES["state_autonomy"])


state_autonomy_contract = contract_check("state_autonomy")


@table_asset()
def state_callback(state: StateResource) -> pl.DataFrame:
    """Every callback of a vendor that was about something of ours, and what came of it."""
    return state.snapshot(TABLES["state_callback"])


state_callback_contract = contract_check("state_callback")


@table_asset()
def state_label(state: StateResource) -> pl.DataFrame:
    """Every label that a person gave."""
    return state.snapshot(TABLES["state_label"])


state_label_contract = contract_check("state_label")


@table_asset()
def state_hypothesis_label(context: dg.AssetExecutionContext, state: StateResource) -> pl.DataFrame:
    """Every label that a person gave a hypothesis."""
    labels = state.snapshot(TABLES["state_hypothesis_label"])
    context.add_output_metadata(reliability_charts(*scores_and_truth(labels), "hypotheses"))
    return labels


state_hypothesis_label_contract = contract_check("state_hypothesis_label")


@daily_check("state_hypothesis_label")
def scores_of_hypotheses_are_as_people_confirm_them(store: StoreResource) -> dg.AssetCheckResult:
    """The scores of hypotheses are not provably far from how often people confirm those that they judge."""
    labels = store.open().read(TABLES["state_hypothesis_label"])
    found = score_judgement(labels)
    return told(found, result([] if found.is_passed else judged_against_their_score(labels)).metadata)


@table_asset()
def state_model_call(state: StateResource) -> pl.DataFrame:
    """Every call of a language model, with its tokens and what it cost."""
    return state.snapshot(TABLES["state_model_call"])


state_model_call_contract = contract_check("state_model_call")


@table_asset()
def state_model(state: StateResource) -> pl.DataFrame:
    """Every version of the classifier: when it was trained, evaluated and promoted, by whom, on which figures."""
    return state.snapshot(TABLES["state_model"])


state_model_contract = contract_check("state_model")


@table_asset()
def state_threshold(state: StateResource) -> pl.DataFrame:
    """Every threshold of every playbook, with the precision that led to it."""
    return state.snapshot(TABLES["state_threshold"])


state_threshold_contract = contract_check("state_threshold")

SNAPSHOTS: tuple[dg.AssetsDefinition, ...] = (
    state_autonomy, state_callback, state_gate, state_hypothesis_label, state_issue_status, state_label, state_model, state_model_call,
    state_threshold,
)  # fmt: skip
