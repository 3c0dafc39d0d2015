"""Remediation: what is proposed for the alerts of live days, and snapshots of what was decided, done and told.

Materialising never carries anything out: that is the `act` job's affair, which a sensor starts when something was approved. A backfill
proposes nothing, because only alerts of today and yesterday are live.
"""

import dagster as dg
import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.resources import ClockResource, EmbedderResource, HomeResource, KnowledgeResource, StateResource, StoreResource
from feedback_loop.defs.run_days import days_of, names_days
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.workflows import checks
from feedback_loop.workflows.kept_rules import keep_rules
from feedback_loop.workflows.knowledge_sources import KNOWLEDGE_TABLES
from feedback_loop.workflows.live_days import live_part
from feedback_loop.workflows.propose import propose_for
from feedback_loop.workflows.rules_in_force import read_rules


@table_asset(
    deps=[
        "analysis_alert",
        "analysis_cohort",
        "analysis_hypothesis",
        "analysis_route",
        "gold_issue",
        *KNOWLEDGE_TABLES,
        "gold_issue_impact",
        "state_autonomy",
        "state_threshold",
        "state_model",  # not read, but nothing is proposed because of a classifier that failed its checks
    ],
)
def remediation_proposal(
    context: dg.AssetExecutionContext,
    home: HomeResource,
    store: StoreResource,
    state: StateResource,
    clock: ClockResource,
    knowledge: KnowledgeResource,
    embedder: EmbedderResource,
) -> pl.DataFrame:
    """Every proposal; those of the live days among the run's are made first, once. A run that names no day only shows them."""
    now = clock.now()
    live = live_part(days_of(context), now) if names_days(context.run.tags) else None
    if live:
        rules = read_rules(home.settings(), state.open(), now)
        keep_rules(home.settings())
        made = propose_for(live, store.open(), state.open(), now, rules, lambda: knowledge.open(embedder.open())).proposal_ids
    context.add_output_metadata({"new_proposals": len(made) if live else 0})
    return state.snapshot(TABLES["remediation_proposal"])


remediation_proposal_contract = contract_check("remediation_proposal")


@daily_check("remediation_proposal")
def no_high_risk_is_approved_by_fewer_than_two(store: StoreResource) -> dg.AssetCheckResult:
    """Whatever high-risk action is approved or carried out was approved by two people."""
    return result(checks.high_risk_without_two_approvals(store.open().read(TABLES["remediation_proposal"])))


@table_asset(deps=["remediation_proposal"])
def remediation_action(state: StateResource) -> pl.DataFrame:
    """Every action of the outbox."""
    return state.snapshot(TABLES["remediation_action"])


remediation_action_contract = contract_check("remediation_action")


@table_asset(deps=["remediation_proposal"])
def remediation_message(state: StateResource) -> pl.DataFrame:
    """Every message to a customer."""
    return state.snapshot(TABLES["remediation_message"])


remediation_message_contract = contract_check("remediation_message")
