"""What is counted of the landed data before it is judged: hits among records by day and series, rows that landed, rows that were refused.

Frames in, small frames of counts out; what they mean is decided in `quality`. A record counts once a day, in its latest version. The rule
that is easy to break: nothing here leaves with a customer's value, only sources, products, columns, reasons and numbers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS
from feedback_loop.ports import TableStore
from feedback_loop.sources.registry import SOURCES

RECORDS, QUARANTINE = TABLES["bronze_feedback_record"], TABLES["bronze_quarantine"]

SERIES = ("source", "product")

_BESIDE = ("customer_id", "context_text", "retried_quarantine_id")
OPTIONAL_COLUMNS = tuple(name for name in RECORDS.columns if FIELDS[name].is_nullable and name not in _BESIDE)
"""Columns that a source may leave empty; ids of customers are looked at by a check of their own."""

_READ = ("record_id", "record_version_id", *SERIES, "customer_id", "occurred_at", "landed_at", "source_file", "event_date")
_GENERIC_READER = "records"


@dataclass(frozen=True)
class Landed:
    """What the checks look at: records of the judged days and of the season before, all landings, all rows that are still refused."""

    records: pl.DataFrame
    landings: pl.DataFrame
    refused: pl.DataFrame

    @cached_property
    def latest(self) -> pl.DataFrame:
        """The records, each in its latest version."""
        return latest(self.records)


def landed_around(store: TableStore, days: DayRange) -> Landed:
    """The landed data that a judgement of the days needs."""
    window = days.widened(before=SEASON_DAYS)
    records = store.read(RECORDS, window, columns=[*_READ, *(c for c in OPTIONAL_COLUMNS if c not in _READ)])
    landings = store.read(RECORDS, columns=["source", "landed_at", "retried_quarantine_id"])
    refused = store.read(QUARANTINE, columns=["quarantine_id", "source", "quarantine_reason", "landed_date"])
    refused = refused.filter(pl.col("quarantine_reason") != QuarantineReason.NOT_FEEDBACK)  # nothing is wrong with those
    recovered = landings["retried_quarantine_id"].drop_nulls().unique()
    return Landed(records, landings.drop("retried_quarantine_id"), refused.filter(~pl.col("quarantine_id").is_in(recovered.implode())))


def null_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Records of each day and series without a value, by optional column: `subject`, `hit_count`, `record_count`."""
    return _hits(records, {name: pl.col(name).is_null() for name in OPTIONAL_COLUMNS if name in records.columns})


def missing_customer_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Records of each day and series that name no customer."""
    return _hits(records, {"customer_id": pl.col("customer_id").is_null()})


def repeat_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Records of each day and series whose words the same customer, or an unnamed one, had said that day already under another id."""
    words = pl.col("text").str.strip_chars().str.to_lowercase()
    spoken = records.filter(words.str.len_bytes() > 0)
    is_repeat = ~pl.struct("event_date", *SERIES, "customer_id", words).is_first_distinct()
    return _hits(spoken.with_columns(is_repeat.alias("_repeats")), {"text": pl.col("_repeats")})


def shared_id_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Ids of each day and series that name several records: two customers, or two instants within one file; `hit_count` of `record_count`.

    An edit is none of these: it comes in a later file, or keeps its instant, and has the customer of before.
    """
    several = records.filter(pl.col("record_id").is_duplicated())
    in_one_file = several.group_by("record_id", "source_file").agg(_instants=pl.col("occurred_at").n_unique())
    stacked = in_one_file.filter(pl.col("_instants") > 1)["record_id"]
    of_two = several.group_by("record_id").agg(_customers=pl.col("customer_id").drop_nulls().n_unique()).filter(pl.col("_customers") > 1)
    shared = pl.concat([stacked, of_two["record_id"]]).unique()
    return _hits(latest(records), {"record_id": pl.col("record_id").is_in(shared.implode())})


def day_counts(records: pl.DataFrame) -> pl.DataFrame:
    """Records of each day and series: `record_count`."""
    return records.group_by("event_date", *SERIES).agg(record_count=pl.len().cast(pl.Int64))


def refused_counts(landed: Landed) -> pl.DataFrame:
    """Rows refused of those that came, by the day they landed, reader and reason, as the other counts; `product` is null.

    Readers of context land elsewhere: of them only what was refused is known, and `record_count` is null.
    """
    reader = pl.when(pl.col("source").is_in(list(SOURCES))).then("source").otherwise(pl.lit(_GENERIC_READER))
    came = landed.landings.group_by(event_date=pl.col("landed_at").dt.date(), source=reader).agg(_landed=pl.len().cast(pl.Int64))
    same = {source.name: source.lands_as for source in SOURCES.values() if source.lands_as is not None}
    by_reason = landed.refused.group_by(pl.col("source").replace(same), event_date="landed_date", subject="quarantine_reason").agg(
        hit_count=pl.len().cast(pl.Int64)
    )
    reasons = by_reason.select("source", "subject").unique()
    days = pl.concat([came.select("event_date", "source"), by_reason.select("event_date", "source")]).unique()
    every = days.join(reasons, on="source").join(by_reason, on=["event_date", "source", "subject"], how="left")
    refused = pl.col("hit_count").sum().over("event_date", "source")
    counted = every.join(came, on=["event_date", "source"], how="left").with_columns(pl.col("hit_count").fill_null(0))
    is_feedback = pl.col("source").is_in([source.name for source in SOURCES.values() if source.is_feedback])
    total = pl.when(is_feedback).then(pl.col("_landed").fill_null(0) + refused)
    return counted.select(
        "event_date", "source", pl.lit(None, pl.String).alias("product"), "subject", "hit_count", total.alias("record_count")
    )


def latest(records: pl.DataFrame) -> pl.DataFrame:
    """The latest version of each record."""
    is_edited = pl.col("record_id").is_duplicated()
    edited = records.filter(is_edited).sort("landed_at", "record_version_id").unique("record_id", keep="last")
    return pl.concat([records.filter(~is_edited), edited])


def _hits(records: pl.DataFrame, is_hit: dict[str, pl.Expr]) -> pl.DataFrame:
    """The hits of each kind by day and series, one row per kind."""
    grouped = records.group_by("event_date", *SERIES).agg(
        pl.len().cast(pl.Int64).alias("record_count"), *(hit.sum().cast(pl.Int64).alias(name) for name, hit in is_hit.items())
    )
    return grouped.unpivot(
        on=list(is_hit), index=["event_date", *SERIES, "record_count"], variable_name="subject", value_name="hit_count"
    ).select("event_date", *SERIES, "subject", "hit_count", "record_count")
