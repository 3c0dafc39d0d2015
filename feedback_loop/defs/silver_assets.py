"""Silver: clean, private, atomic."""

from collections.abc import Callable
from functools import partial

import dagster as dg
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import DUPLICATE_DAYS, TABLES
from feedback_loop.defs.charts import volume_charts
from feedback_loop.defs.checks import contract_check, daily_check, result
from feedback_loop.defs.io_manager import Portions, reads, whole, window
from feedback_loop.defs.resources import CleanerResource, StoreResource, WorkersResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.defs.table_asset import table_asset
from feedback_loop.methods.batches import Runner
from feedback_loop.methods.cleaning import PERSON, Cleaner
from feedback_loop.silver.context_links import LOG_DAYS, context_links
from feedback_loop.workflows import checks
from feedback_loop.workflows.latest_records import latest_records, portions
from feedback_loop.workflows.silver_days import PORTION_ROWS, fragments_of, messages_of


@table_asset(deps=["bronze_feedback_record"])
def silver_message(context: dg.AssetExecutionContext, store: StoreResource, cleaner: CleanerResource, workers: WorkersResource) -> Portions:
    """The latest version of each record, masked, with its language."""
    days, tables = days_of(context), store.open()
    context.add_output_metadata(volume_charts(latest_records(tables, days, columns=("event_date", "product", "rating"))))
    make = partial(messages_of, tables, cleaner=cleaner.open(), runner=workers.open())
    return Portions(portions(tables, days, PORTION_ROWS), make)


silver_message_contract = contract_check("silver_message")


@daily_check("silver_message")
def no_personal_data_in_messages(
    context: dg.AssetCheckExecutionContext, store: StoreResource, cleaner: CleanerResource, workers: WorkersResource
) -> dg.AssetCheckResult:
    """No detector fires on a masked message."""
    return result(_offenders("silver_message", checks.messages_with_personal_data, days_of(context), store, cleaner, workers))


@table_asset(deps=[reads("silver_message", DUPLICATE_DAYS), "bronze_feedback_record"])
def silver_fragment(context: dg.AssetExecutionContext, store: StoreResource, workers: WorkersResource) -> Portions:
    """The complaint units of each record, with their place in the raw text; repetitions point to what they repeat."""
    tables = store.open()
    make = partial(fragments_of, tables, runner=workers.open())
    return Portions(portions(tables, days_of(context), PORTION_ROWS), make)


silver_fragment_contract = contract_check("silver_fragment")


@daily_check("silver_fragment")
def no_personal_data_survives(
    context: dg.AssetCheckExecutionContext, store: StoreResource, cleaner: CleanerResource, workers: WorkersResource
) -> dg.AssetCheckResult:
    """No detector fires on a masked text."""
    return result(_offenders("silver_fragment", checks.fragments_with_personal_data, days_of(context), store, cleaner, workers))


@daily_check("silver_fragment")
def every_fragment_is_in_its_place(
    context: dg.AssetCheckExecutionContext, store: StoreResource, cleaner: CleanerResource, workers: WorkersResource
) -> dg.AssetCheckResult:
    """Cleaning the raw span of a fragment gives its masked text."""
    return result(_offenders("silver_fragment", checks.fragments_out_of_place, days_of(context), store, cleaner, workers))


def _offenders(
    table_name: str,
    check: Callable[[pl.DataFrame, pl.DataFrame, Cleaner, Runner], list[str]],
    days: DayRange,
    store: StoreResource,
    cleaner: CleanerResource,
    workers: WorkersResource,
) -> list[str]:
    """What the check finds, portion by portion."""
    tables, rules, runner = store.open(), cleaner.open(), workers.open()
    found: list[str] = []
    for part in portions(tables, days, PORTION_ROWS):
        records = tables.read(TABLES["bronze_feedback_record"], part, columns=["record_version_id", "text", *PERSON])
        found += check(tables.read(TABLES[table_name], part), records, rules, runner)
    return found


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
