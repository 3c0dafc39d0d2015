"""The days that a run works on, read from the run's tags.

Three kinds of run say it in three ways: one partition, a range of partitions in a single run (backfills), and the command line, whose run
is unpartitioned so that a range of two years costs a dozen events instead of one per asset and day.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from feedback_loop.contracts.days import FIRST_DAY, DayRange, parse_day
from feedback_loop.errors import BadInput

DAILY = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), end_offset=1)
"""One partition per UTC day, the open day included."""

FIRST_TAG, LAST_TAG = "feedback_loop/first_day", "feedback_loop/last_day"
_RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext | dg.InputContext | dg.OutputContext) -> DayRange:
    """The days that the run of this context works on."""
    if isinstance(context, dg.InputContext | dg.OutputContext):
        return days_in(context.step_context.dagster_run.tags)
    return days_in(context.run.tags)


def days_in(tags: Mapping[str, str]) -> DayRange:
    """The days that a run with these tags works on."""
    for first, last in ((FIRST_TAG, LAST_TAG), _RANGE_TAGS, ("dagster/partition", "dagster/partition")):
        if first in tags:
            return DayRange(parse_day(tags[first]), parse_day(tags[last]))
    raise BadInput("this run names no day. Launch it for a partition or a range of partitions.")


def names_days(tags: Mapping[str, str]) -> bool:
    """Whether a run with these tags works on days; one that is launched for unpartitioned assets alone does not."""
    return not {FIRST_TAG, _RANGE_TAGS[0], "dagster/partition"}.isdisjoint(tags)


def range_tags(days: DayRange) -> dict[str, str]:
    """The tags of a single run over a range of partitions."""
    return dict(zip(_RANGE_TAGS, (days.first.isoformat(), days.last.isoformat()), strict=True))


def unpartitioned_tags(days: DayRange) -> dict[str, str]:
    """The tags of the command line's run over the days."""
    return {FIRST_TAG: days.first.isoformat(), LAST_TAG: days.last.isoformat()}
