"""Silver: clean, private, atomic."""

import dagster as dg
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import DUPLICATE_DAYS, TABLES
from feedback_loop.defs.charts import volume_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.io_manager import whole, window
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.methods.batches import apply_step
from feedback_loop.silver.context_links import LOG_DAYS, context_links
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.silver.fragments import INPUT_SCHEMA, fragments, with_messages
from feedback_loop.silver.messages import messages
from feedback_loop.workflows import checks
from feedback_loop.workflows.latest_records import latest_records

BRONZE, MESSAGE, FRAGMENT = (TABLES[name].schema for name in ("bronze_feedback_record", "silver_message", "silver_fragment"))


@table_asset(deps=["bronze_feedback_record"])
def silver_message(context: dg.AssetExecutionContext, store: StoreResource) -> pl.DataFrame:
    """The latest version of each record, masked, with its language."""
    made = apply_step(messages, latest_records(store.open(), days_of(context)), BRONZE, MESSAGE)
    context.add_output_metadata(volume_charts(made))
    return made


silver_message_contract = contract_check("silver_message")


@table_asset(ins={"silver_message": window(DUPLICATE_DAYS)}, deps=["bronze_feedback_record"])
def silver_fragment(context: dg.AssetExecutionContext, store: StoreResource, silver_message: pl.DataFrame) -> pl.DataFrame:
    """The complaint units of each record, with their place in the raw text; repetitions point to what they repeat."""
    days = days_of(context)
    records = latest_records(store.open(), days.widened(before=DUPLICATE_DAYS - 1))
    cut = apply_step(fragments, with_messages(records, silver_message), INPUT_SCHEMA, FRAGMENT)
    return deduplicate(cut).filter(pl.col("event_date").is_between(days.first, days.last))


silver_fragment_contract = contract_check("silver_fragment")


@daily_check("silver_fragment")
def no_personal_data_survives(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """No detector fires on a masked text."""
    return result(checks.fragments_with_personal_data(store.open().read(TABLES["silver_fragment"], days_of(context))))


@daily_check("silver_fragment")
def every_fragment_is_in_its_place(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """Masking the normalised raw span of a fragment gives its masked text."""
    records = store.open().read(TABLES["bronze_feedback_record"], days_of(context), columns=["record_version_id", "text"])
    return result(checks.fragments_out_of_place(store.open().read(TABLES["silver_fragment"], days_of(context)), records))


@table_asset(
    ins={"silver_fragment": window(1), "context_release": whole(), "context_change": whole(), "context_incident": whole()},
    deps=["context_log"],
)
def silver_context_link(
    context: dg.AssetExecutionContext,
    store: StoreResource,
    silver_fragment: pl.DataFrame,
    context_release: pl.DataFrame,
    context_change: pl.DataFrame,
    context_incident: pl.DataFrame,
) -> pl.DataFrame:
    """The releases, changes, incidents and errors that were known when a fragment landed and that may concern it."""
    days = days_of(context)
    return context_links(silver_fragment, context_release, context_change, context_incident, _logs(store, days), days)


silver_context_link_contract = contract_check("silver_context_link")


@daily_check("silver_context_link")
def every_link_was_known_in_time(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
    """What a fragment is linked with had been said when it landed, and had begun when its customer spoke."""
    days, tables = days_of(context), store.open()
    links, fragments = (tables.read(TABLES[name], days) for name in ("silver_context_link", "silver_fragment"))
    releases, changes, incidents = (tables.read(TABLES[name]) for name in ("context_release", "context_change", "context_incident"))
    known = checks.known_context(releases, changes, incidents, _logs(store, days))
    return result(checks.links_not_known_in_time(links, fragments, known))


def _logs(store: StoreResource, days: DayRange) -> pl.DataFrame:
    return store.open().read(TABLES["context_log"], days.widened(before=LOG_DAYS))
