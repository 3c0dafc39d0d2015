"""Which days a run works on, by its tags alone."""

from collections.abc import Mapping
from datetime import date

import dagster as dg
import pytest

from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.defs.run_days import DAILY, days_in, days_of, names_days, range_tags, unpartitioned_tags
from feedback_loop.errors import BadInput

DAYS = DayRange(date(2024, 3, 1), date(2024, 3, 5))


def test_days_of_a_range_come_back_from_its_tags() -> None:
    assert days_in(range_tags(DAYS)) == DAYS
    assert days_in(unpartitioned_tags(DAYS)) == DAYS


def test_one_partition_is_one_day() -> None:
    assert days_in({"dagster/partition": "2024-03-01"}) == DayRange(DAYS.first, DAYS.first)


def test_range_goes_before_the_partition_that_dagster_may_name_beside_it() -> None:
    assert days_in({**range_tags(DAYS), "dagster/partition": "2024-03-05"}) == DAYS


@pytest.mark.parametrize("tags", [{}, {"feedback_loop/open_day": "2024-03-01/3/-1"}])
def test_run_that_names_no_day_is_refused(tags: Mapping[str, str]) -> None:
    assert not names_days(tags)
    with pytest.raises(BadInput, match="names no day"):
        days_in(tags)


@pytest.mark.parametrize("tags", [range_tags(DAYS), unpartitioned_tags(DAYS), {"dagster/partition": "2024-03-01"}])
def test_run_of_each_kind_names_days(tags: Mapping[str, str]) -> None:
    assert names_days(tags)


def test_tag_that_is_no_day_is_refused() -> None:
    with pytest.raises(BadInput, match="YYYY-MM-DD"):
        days_in({"dagster/partition": "yesterday"})


def test_tags_of_a_range_are_those_that_dagster_reads() -> None:
    seen = []

    @dg.asset(partitions_def=DAILY, backfill_policy=dg.BackfillPolicy.single_run())
    def asset_of_days(context: dg.AssetExecutionContext) -> None:
        seen.append((context.partition_key_range.start, context.partition_key_range.end, days_of(context)))

    assert dg.materialize([asset_of_days], tags=range_tags(DAYS)).success
    assert seen == [("2024-03-01", "2024-03-05", DAYS)]


def test_partitions_begin_with_the_first_day_and_are_days_in_utc() -> None:
    assert DAILY.get_first_partition_key() == FIRST_DAY.isoformat()
    assert (DAILY.timezone, DAILY.end_offset) == ("UTC", 1)
