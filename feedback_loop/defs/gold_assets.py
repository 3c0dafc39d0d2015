"""Gold: issues whose identity survives from day to day. Computed only where every blocking check of the analysis passed."""

import dagster as dg
import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.charts import issue_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.io_manager import HISTORY, window
from feedback_loop.defs.resources import EmbedderResource, KnowledgeResource, LanguageModelResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import GATE, table_asset
from feedback_loop.gold.issues import issues
from feedback_loop.workflows import checks
from feedback_loop.workflows.knowledge_sources import KNOWLEDGE_TABLES
from feedback_loop.workflows.word_issues import issue_wordings


@table_asset(
    ins={
        "analysis_cluster": window(HISTORY),
        "silver_fragment": window(HISTORY),
        "analysis_embedding": window(HISTORY),
        "analysis_alert": window(1),
    },
    deps=["silver_message", "analysis_classification", "analysis_evidence"],  # not read, but gold waits for their checks
    automation_condition=GATE,
)
def gold_issue(
    context: dg.AssetExecutionContext,
    analysis_cluster: pl.DataFrame,
    silver_fragment: pl.DataFrame,
    analysis_embedding: pl.DataFrame,
    analysis_alert: pl.DataFrame,
) -> pl.DataFrame:
    """The issues of each day with their counts, quotes and alerts."""
    found = issues(analysis_cluster, silver_fragment, analysis_embedding, analysis_alert, days_of(context))
    context.add_output_metadata(issue_charts(found))
    return found


gold_issue_contract = contract_check("gold_issue")


@daily_check("gold_issue")
def fragments_add_up(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The fragments of a day's issues are those of the day's clusters."""
    found, clusters = (store.open().read(TABLES[name], days_of(context)) for name in ("gold_issue", "analysis_cluster"))
    return result(checks.issues_that_do_not_add_up(found, clusters))


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
