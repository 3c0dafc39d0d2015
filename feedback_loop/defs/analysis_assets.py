"""Analysis: what each fragment is about, and what fragments have in common."""

from functools import partial

import dagster as dg
import polars as pl

from feedback_loop.analysis import classify, evidence, triage
from feedback_loop.analysis.cluster import clusters, eligible_fragments
from feedback_loop.analysis.embed import embeddings
from feedback_loop.analysis.platform_classes import classify_under
from feedback_loop.analysis.routes import routes
from feedback_loop.contracts.tables import SEASON_DAYS, TABLES, WINDOW_DAYS
from feedback_loop.defs.active_model import classifier_in_use, gates_of
from feedback_loop.defs.charts import class_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.io_manager import window
from feedback_loop.defs.resources import EmbedderResource, HomeResource, LanguageModelResource, StateResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.methods.batches import apply_step
from feedback_loop.methods.grouping import Method
from feedback_loop.workflows import checks
from feedback_loop.workflows.ask_model import evidence_of_answered, with_quotations
from feedback_loop.workflows.owners import read_owners
from feedback_loop.workflows.second_opinions import second_opinions

ONE_DAY, WINDOW, SEASON = window(1), window(WINDOW_DAYS), window(SEASON_DAYS)


@table_asset(ins={"silver_fragment": ONE_DAY})
def analysis_embedding(embedder: EmbedderResource, silver_fragment: pl.DataFrame) -> pl.DataFrame:
    """The vector of each fragment; what was embedded before comes from the cache."""
    return embeddings(silver_fragment, embedder.open())


analysis_embedding_contract = contract_check("analysis_embedding")


@daily_check("analysis_embedding")
def every_fragment_has_a_vector_of_unit_length(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Each fragment has a vector, and each vector length 1."""
    fragments, vectors = (store.open().read(TABLES[name], days_of(context)) for name in ("silver_fragment", "analysis_embedding"))
    return result([*checks.fragments_without_row(fragments, vectors), *checks.vectors_not_of_unit_length(vectors)])


@table_asset(ins={"silver_fragment": ONE_DAY, "analysis_embedding": ONE_DAY})
def analysis_classification(
    context: dg.AssetExecutionContext,
    embedder: EmbedderResource,
    store: StoreResource,
    state: StateResource,
    language_model: LanguageModelResource,
    silver_fragment: pl.DataFrame,
    analysis_embedding: pl.DataFrame,
) -> pl.DataFrame:
    """The class of each fragment with its confidence, or the reason why there is none; by the version that a person promoted last.

    What that leaves open is shown to a language model where one is configured.
    """
    texts = silver_fragment.join(analysis_embedding.select("fragment_id", "vector"), on="fragment_id")
    model = classifier_in_use(embedder, store, state)
    step = partial(classify_under, classifier=model.classifier, taxonomy=model.taxonomy)
    made = apply_step(step, texts, classify.INPUT_SCHEMA, classify.OUTPUT_SCHEMA)
    opinions = second_opinions(texts, made, model, embedder.open(), language_model.open(context.run.run_id))
    context.add_output_metadata({**class_charts(opinions.classes), **opinions.counts()})
    return opinions.classes


analysis_classification_contract = contract_check("analysis_classification")


@daily_check("analysis_classification")
def every_fragment_is_classified_or_abstained_from(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Each fragment has one row, decided or with the reason why not."""
    fragments, classes = (store.open().read(TABLES[name], days_of(context)) for name in ("silver_fragment", "analysis_classification"))
    undecided = classes.filter(pl.col("complaint_class").is_null() != pl.col("abstention_reason").is_not_null())
    return result([*checks.fragments_without_row(fragments, classes), *undecided["fragment_id"]])


@table_asset(ins={"silver_fragment": ONE_DAY, "analysis_classification": ONE_DAY})
def analysis_triage(store: StoreResource, silver_fragment: pl.DataFrame, analysis_classification: pl.DataFrame) -> pl.DataFrame:
    """How urgent each fragment is and which team owns it, each with its reason."""
    step = partial(triage.triage, owners=read_owners(store.home.settings()))
    texts = triage.with_classes(silver_fragment, analysis_classification)
    return apply_step(step, texts, triage.INPUT_SCHEMA, triage.OUTPUT_SCHEMA)


analysis_triage_contract = contract_check("analysis_triage")


@daily_check("analysis_triage")
def every_fragment_has_an_owner_and_a_reason_for_its_urgency(
    context: dg.AssetCheckExecutionContext, store: StoreResource
) -> dg.AssetCheckResult:
    """Each fragment has a row with an owner, an urgency and at least one reason for it."""
    fragments, found = (store.open().read(TABLES[name], days_of(context)) for name in ("silver_fragment", "analysis_triage"))
    return result([*checks.fragments_without_row(fragments, found), *checks.triage_without_owner_or_reason(found)])


@table_asset(ins={"silver_fragment": ONE_DAY, "analysis_classification": ONE_DAY})
def analysis_evidence(
    context: dg.AssetExecutionContext,
    language_model: LanguageModelResource,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
) -> pl.DataFrame:
    """Error codes, quoted errors, versions, devices and key phrases, each with its place; of fragments that a language model classified,
    also what it quotes, as far as that stands in the text.
    """
    found = apply_step(evidence.extract, silver_fragment, evidence.INPUT_SCHEMA, evidence.OUTPUT_SCHEMA)
    quotations = evidence_of_answered(silver_fragment, analysis_classification, language_model.open(context.run.run_id))
    context.add_output_metadata({"quotation_count": quotations.evidence.height, "dropped_quotation_count": quotations.dropped_count})
    return with_quotations(found, quotations.evidence)


analysis_evidence_contract = contract_check("analysis_evidence")


@daily_check("analysis_evidence")
def every_claim_has_a_span(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """The words of each piece of evidence stand at its place in the masked text."""
    found, fragments = (store.open().read(TABLES[name], days_of(context)) for name in ("analysis_evidence", "silver_fragment"))
    return result(checks.spans_not_verbatim(found, fragments))


@table_asset(ins={"analysis_classification": ONE_DAY, "analysis_evidence": ONE_DAY}, deps=["state_gate", "state_label"])
def analysis_route(
    context: dg.AssetExecutionContext,
    store: StoreResource,
    state: StateResource,
    analysis_classification: pl.DataFrame,
    analysis_evidence: pl.DataFrame,
) -> pl.DataFrame:
    """Who decides about each fragment, and why; the classifier alone only where a gate that a person put in force lets it through."""
    found = routes(analysis_classification, analysis_evidence, gates_of(store, state))
    context.add_output_metadata(dict(found["route"].value_counts().sort("route").iter_rows()))
    return found


analysis_route_contract = contract_check("analysis_route")


@daily_check("analysis_route")
def every_fragment_has_a_route_and_no_sensitive_one_the_automatic(
    context: dg.AssetCheckExecutionContext, store: StoreResource
) -> dg.AssetCheckResult:
    """Each classified fragment has a row, and nothing about a sensitive class is decided without a person."""
    found, classes = (store.open().read(TABLES[name], days_of(context)) for name in ("analysis_route", "analysis_classification"))
    return result([*checks.fragments_without_row(classes, found), *checks.sensitive_without_person(found, classes)])


@table_asset(ins={"silver_fragment": WINDOW, "analysis_classification": WINDOW, "analysis_embedding": WINDOW})
def analysis_cluster(
    context: dg.AssetExecutionContext,
    home: HomeResource,
    silver_fragment: pl.DataFrame,
    analysis_classification: pl.DataFrame,
    analysis_embedding: pl.DataFrame,
) -> pl.DataFrame:
    """What the complaints of the four weeks up to each day have in common."""
    method = Method(home.settings().clustering)
    return clusters(silver_fragment, analysis_classification, analysis_embedding, days_of(context), method)


analysis_cluster_contract = contract_check("analysis_cluster")


@daily_check("analysis_cluster")
def every_complaint_is_in_one_cluster(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Each complaint of a day belongs to exactly one cluster of that day."""
    names = ("analysis_cluster", "silver_fragment", "analysis_classification")
    found, fragments, classes = (store.open().read(TABLES[name], days_of(context)) for name in names)
    return result(checks.fragments_in_no_or_two_clusters(found, eligible_fragments(fragments, classes)))
