"""Gold: issues whose identity survives from day to day. Computed only where every blocking check of the analysis passed."""

import dagster as dg
import polars as pl

from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.defs.charts import issue_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.io_manager import before, reads, whole, window
from feedback_loop.defs.resources import EmbedderResource, KnowledgeResource, LanguageModelResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import GATE, table_asset
from feedback_loop.gold.impact import issue_impacts
from feedback_loop.gold.issue_events import issue_events
from feedback_loop.gold.issues import issues
from feedback_loop.workflows import issue_checks
from feedback_loop.workflows.carry_issues import carried_states
from feedback_loop.workflows.knowledge_sources import KNOWLEDGE_TABLES
from feedback_loop.workflows.word_issues import issue_wordings


@table_asset(
    ins={"state_issue_status": whole()},
    deps=[
        reads("analysis_cluster", 1), reads("silver_fragment", 1), reads("analysis_embedding", 1),  # and the days of the window before
        "analysis_alert", "silver_message", "analysis_classification", "analysis_evidence",  # not read, but gold waits for their checks
    ],
    automation_condition=GATE,
)  # fmt: skip
def gold_issue_state(context: dg.AssetExecutionContext, store: StoreResource, state_issue_status: pl.DataFrame) -> pl.DataFrame:
    """What identity knows at the end of each day: it goes on from the day before, so a day costs what its window holds."""
    return carried_states(store.open(), state_issue_status, days_of(context))


gold_issue_state_contract = contract_check("gold_issue_state")


@daily_check("gold_issue_state")
def identity_goes_on_from_the_day_before(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """No issue is older than its first row, and no fragment changed its issue but to a new one, or with all that its issue had left."""
    states = store.open().read(TABLES["gold_issue_state"], days_of(context).widened(before=1))
    return result(issue_checks.issues_that_do_not_go_on(states, days_of(context)))


@table_asset(
    ins={
        "gold_issue_state": before(2),
        "analysis_cluster": window(1),
        "silver_fragment": before(WINDOW_DAYS),
        "analysis_embedding": before(WINDOW_DAYS),
        "analysis_alert": window(1),
    },
    automation_condition=GATE,
)
def gold_issue(
    context: dg.AssetExecutionContext,
    gold_issue_state: pl.DataFrame,
    analysis_cluster: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_embedding: pl.DataFrame,
    analysis_alert: pl.DataFrame,
) -> pl.DataFrame:
    """The issues of each day with their counts, quotes and alerts."""
    found = issues(gold_issue_state, analysis_cluster, silver_fragment, analysis_embedding, analysis_alert, days_of(context))
    context.add_output_metadata(issue_charts(found))
    return found


gold_issue_contract = contract_check("gold_issue")


@daily_check("gold_issue")
def fragments_add_up(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The fragments of a day's issues are those of the day's clusters."""
    found, clusters = (store.open().read(TABLES[name], days_of(context)) for name in ("gold_issue", "analysis_cluster"))
    return result(issue_checks.issues_that_do_not_add_up(found, clusters))


@daily_check("gold_issue")
def noise_is_no_dustbin(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Where there are enough complaints to tell, most of a window's belong to an issue and not to a catch-all."""
    return result(issue_checks.windows_that_are_mostly_noise(store.open().read(TABLES["gold_issue"], days_of(context))))


@table_asset(ins={"gold_issue_state": before(2)})
def gold_issue_event(context: dg.AssetExecutionContext, gold_issue_state: pl.DataFrame) -> pl.DataFrame:
    """What happened to issues: opened, split, merged, reopened, dormant."""
    return issue_events(gold_issue_state, days_of(context))


gold_issue_event_contract = contract_check("gold_issue_event")


@table_asset(
    ins={
        "gold_issue": window(1),
        "gold_issue_state": window(1),
        "analysis_cluster": window(1),
        "silver_fragment": before(WINDOW_DAYS),
        "context_customer": whole(),
        "context_business_event": whole(),
    },
)
def gold_issue_impact(
    context: dg.AssetExecutionContext,
    gold_issue: pl.DataFrame,
    gold_issue_state: pl.DataFrame,
    analysis_cluster: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    context_customer: pl.DataFrame,
    context_business_event: pl.DataFrame,
) -> pl.DataFrame:
    """Whom each issue touches, what a day of waiting puts at stake, and its priority with the reasons."""
    return issue_impacts(
        gold_issue, gold_issue_state, analysis_cluster, silver_fragment, context_customer, context_business_event, days_of(context)
    )


gold_issue_impact_contract = contract_check("gold_issue_impact")


@table_asset(ins={"gold_issue": window(1), "analysis_hypothesis": window(1)}, deps=KNOWLEDGE_TABLES)
def gold_issue_wording(
    context: dg.AssetExecutionContext,
    language_model: LanguageModelResource,
    knowledge: KnowledgeResource,
    embedder: EmbedderResource,
    gold_issue: pl.DataFrame,
    analysis_hypothesis: pl.DataFrame,
) -> pl.DataFrame:
    """Issues with alerts in the words of a language model, where one is configured; they are read, and nothing is decided by them."""
    model = language_model.open(context.run.run_id)
    worded = issue_wordings(gold_issue, analysis_hypothesis, model, None if model is None else knowledge.open(embedder.open()))
    withheld, cut = worded["wording_withheld_reason"].count(), worded["cut_sentence_count"].sum()
    context.add_output_metadata({"worded": worded.height, "withheld": withheld, "sentences_cut": cut})
    return worded


gold_issue_wording_contract = contract_check("gold_issue_wording")
