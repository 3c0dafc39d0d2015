"""What an input reads and an output replaces, by the days of the run and the window that the input asks for."""

from datetime import date

import dagster as dg
import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.io_manager import HISTORY, TableIOManager, is_daily, whole, window
from feedback_loop.defs.resources import HomeResource, StoreResource
from feedback_loop.defs.run_days import DAILY, range_tags, unpartitioned_tags
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import day, days

WINDOWS = [(1, [4, 5]), (3, [2, 3, 4, 5]), (HISTORY, [0, 1, 2, 3, 4, 5])]


@pytest.fixture
def stocked(home: Home, computed: Home) -> Home:
    """A home with one message on each of the days 0 to 6, and the releases."""
    message = computed.table("silver_message").head(1)
    at = pl.col("occurred_at").dt
    copies = [
        message.with_columns(event_date=day(n), occurred_at=at.replace(month=3, day=1 + n), record_id=pl.lit(f"r{n}")) for n in range(7)
    ]
    home.store.replace_days(TABLES["silver_message"], pl.concat(copies), days(0, 6))
    home.store.replace_all(TABLES["context_release"], computed.table("context_release"))
    return home


def io_manager(home: Home) -> TableIOManager:
    return TableIOManager(store=StoreResource(home=HomeResource(home=str(home.folder))))


def read_by(home: Home, asset_in: dg.AssetIn, tags: dict[str, str], table: str = "silver_message") -> pl.DataFrame:
    """What an asset with this input is given in a run with these tags."""
    given: list[pl.DataFrame] = []

    @dg.asset(ins={table: asset_in}, io_manager_key="nowhere", partitions_def=DAILY, backfill_policy=dg.BackfillPolicy.single_run())
    def reader(**inputs: pl.DataFrame) -> None:
        given.extend(inputs.values())

    upstream = dg.AssetSpec(table, partitions_def=DAILY if is_daily(TABLES[table]) else None)
    resources = {"io_manager": io_manager(home), "nowhere": dg.mem_io_manager}
    assert dg.materialize([reader, upstream], tags=tags, resources=resources).success
    return given[0]


@pytest.mark.parametrize(("span", "expected"), WINDOWS, ids=["the run's days", "two days more", "all days before"])
def test_window_is_read_up_to_the_last_day_of_the_run(stocked: Home, span: int, expected: list[int]) -> None:
    read = read_by(stocked, window(span), range_tags(days(4, 5)))
    assert sorted(read["event_date"]) == [day(n) for n in expected]


def test_window_before_the_first_partition_reads_what_there_is(stocked: Home) -> None:
    assert read_by(stocked, window(28), {"dagster/partition": date(2010, 1, 2).isoformat()}).height == 0


def test_whole_table_is_read_whatever_the_days(stocked: Home) -> None:
    read = read_by(stocked, whole(), range_tags(days(4, 5)), "context_release")
    assert read.height == stocked.table("context_release").height > 0


@pytest.mark.parametrize("tags", [range_tags(days(2, 3)), unpartitioned_tags(days(2, 3))], ids=["backfill", "command line"])
def test_output_replaces_the_days_of_the_run_and_no_other(stocked: Home, tags: dict[str, str]) -> None:
    rows = stocked.table("silver_message", days(3, 3))

    @dg.asset
    def silver_message() -> pl.DataFrame:
        return rows

    result = dg.materialize([silver_message], tags=tags, resources={"io_manager": io_manager(stocked)})
    assert sorted(stocked.table("silver_message")["event_date"]) == [day(n) for n in (0, 1, 3, 4, 5, 6)]
    [made] = result.asset_materializations_for_node("silver_message")
    counts = {name: made.metadata[name].value for name in ("rows", "days", "days_changed")}
    assert counts == {"rows": 1, "days": 2, "days_changed": 1}


def test_rows_of_other_days_are_refused_and_nothing_is_written(stocked: Home) -> None:
    rows, before = stocked.table("silver_message", days(5, 5)), stocked.versions()

    @dg.asset
    def silver_message() -> pl.DataFrame:
        return rows

    with pytest.raises(dg.Failure, match="do not belong to"):
        dg.materialize([silver_message], tags=range_tags(days(2, 3)), resources={"io_manager": io_manager(stocked)})
    assert stocked.versions() == before


def test_table_without_days_is_replaced_whole_and_only_if_it_changed(stocked: Home) -> None:
    rows = stocked.table("context_release").head(1)

    @dg.asset
    def context_release() -> pl.DataFrame:
        return rows

    changed = []
    for _ in range(2):
        result = dg.materialize([context_release], resources={"io_manager": io_manager(stocked)})
        changed.append(result.asset_materializations_for_node("context_release")[0].metadata["changed"].value)
    assert changed == [True, False]
    assert stocked.table("context_release").height == 1


@pytest.mark.parametrize("name", ["silver_context_link", "analysis_alert", "gold_issue"])
def test_what_is_computed_of_feedback_is_daily(name: str) -> None:
    assert is_daily(TABLES[name])


@pytest.mark.parametrize(
    "name",
    [
        "context_release",
        "context_telemetry",
        "bronze_feedback_record",
        "state_label",
        "remediation_proposal",
        "outcomes_effect",
        "mart_issue",
    ],
)
def test_all_else_is_replaced_whole_or_appended_to(name: str) -> None:
    assert not is_daily(TABLES[name])
