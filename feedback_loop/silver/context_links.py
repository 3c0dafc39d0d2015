"""What was going on when a customer spoke: the releases, changes, incidents and error strings that may concern each complaint unit.

A link is no cause: it says that something was known, near in time and not ruled out by what the fragment tells of its customer. Which of
them explains an alert is `analysis`' affair. The rules:

- known: only statements that had landed when the fragment landed count, and of several about one thing the latest of these.
- near: a release of the fragment's version, or one of its product in the week before where it names none; a change or an incident in the
  week after its start, and until its end where that is known. One without a known end counts for the week alone, because a deployment ends
  never and would be linked with everything ever after. An error that the fragment quotes, in the day before.
- not ruled out: the fragment has one of the values for each dimension of the scope. What it does not tell is unknown, and the unknown is
  within no scope that names its dimension: links with whoever might be meant would drown the others.

The rule that is easy to break: nothing may look ahead. What landed later, by a microsecond, was not known.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import LinkKind
from feedback_loop.contracts.table_types import CANDIDATE_DAYS, SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import TABLES

LINK = TABLES["silver_context_link"]
LOG_DAYS = 1
MIN_QUOTED_CHARS = 8
"""A shorter error string stands in too many texts by chance."""

_NEAR, _ERROR_NEAR = timedelta(days=CANDIDATE_DAYS), timedelta(days=LOG_DAYS)
_SAID = ("fragment_id", "product", "occurred_at", "landed_at", "event_date")
_SCOPE = pl.Struct({name: pl.List(pl.String) for name in SCOPE_DIMENSIONS})


def context_links(
    fragments: pl.DataFrame,
    releases: pl.DataFrame,
    changes: pl.DataFrame,
    incidents: pl.DataFrame,
    logs: pl.DataFrame,
    days: DayRange,
) -> pl.DataFrame:
    """Rows of `silver_context_link` for the fragments of the days; `logs` are those of the days and of the day before them."""
    of_days = fragments.filter(pl.col("event_date").is_between(days.first, days.last))
    links = [
        _release_links(of_days, releases),
        _scoped_links(of_days, changes, LinkKind.CHANGE, "change_id", days),
        _scoped_links(of_days, incidents, LinkKind.INCIDENT, "incident_id", days),
        _error_links(of_days, logs),
    ]
    return pl.concat(links).sort(LINK.key)


def candidate_days() -> pl.Expr:
    """The days on which a change or an incident is near, as a list."""
    return pl.date_ranges(pl.col("started_at").dt.date(), _until().dt.date())


def _until() -> pl.Expr:
    return pl.max_horizontal(pl.col("started_at") + _NEAR, "ended_at")


def _rows(pairs: pl.DataFrame, kind: LinkKind, started: str) -> pl.DataFrame:
    """Pairs with `link_id`, `matched_on` and the instant of their start, as rows of the table."""
    since = (pl.col("occurred_at") - pl.col(started)).dt.total_microseconds() / 60e6
    return pairs.with_columns(link_kind=pl.lit(str(kind)), minutes_since_start=since).select(LINK.columns)


def _release_links(fragments: pl.DataFrame, releases: pl.DataFrame) -> pl.DataFrame:
    said = fragments.select(*_SAID, "product_version")
    told = releases.select("product", "released_at", link_id="release_version", release_landed_at="landed_at")
    named = said.join(told, left_on=["product", "product_version"], right_on=["product", "link_id"], how="inner")
    named = named.with_columns(link_id="product_version", matched_on=pl.lit(["product_version"]))
    recent = pl.col("occurred_at") - pl.col("released_at") <= _NEAR
    unnamed = said.filter(pl.col("product_version").is_null()).join(told, on="product", how="inner").filter(recent)
    unnamed = unnamed.with_columns(matched_on=pl.lit([], pl.List(pl.String)))
    pairs = pl.concat([named.select(unnamed.columns), unnamed])
    known = (pl.col("release_landed_at") <= pl.col("landed_at")) & (pl.col("released_at") <= pl.col("occurred_at"))
    return _rows(pairs.filter(known), LinkKind.RELEASE, "released_at")


def _scoped_links(fragments: pl.DataFrame, statements: pl.DataFrame, kind: LinkKind, id_column: str, days: DayRange) -> pl.DataFrame:
    told = _by_day(_with_span_of_knowledge(statements, id_column), id_column, days)
    customers = fragments.select(SCOPE_DIMENSIONS).unique().with_row_index("_customer")
    said = fragments.join(customers, on=SCOPE_DIMENSIONS, nulls_equal=True).select(*_SAID, "_customer")
    near = (pl.col("started_at") <= pl.col("occurred_at")) & (pl.col("occurred_at") <= pl.col("_until"))
    known = (pl.col("_known_from") <= pl.col("landed_at")) & (pl.col("landed_at") < pl.col("_known_until"))
    pairs = said.join(told, on=["product", "event_date"], how="inner").filter(near & known)
    return _rows(pairs.join(_within_scope(customers, told), on=["_customer", "scope"], how="inner"), kind, "started_at")


def _within_scope(customers: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Each kind of customer with the scopes of which it has a value in every dimension that they name, and what these dimensions are."""
    scopes = told.select("scope").unique().with_columns(_values=pl.col("scope").str.json_decode(_SCOPE)).unnest("_values")
    names = pl.concat_list(pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in SCOPE_DIMENSIONS).list.drop_nulls()
    pairs = customers.join(scopes.select("scope", matched_on=names), how="cross")
    for dimension in SCOPE_DIMENSIONS:
        allowed = scopes.select("scope", dimension).drop_nulls().explode(dimension)
        names_it = pl.col("matched_on").list.contains(dimension)
        pairs = pl.concat([pairs.filter(~names_it), pairs.filter(names_it).join(allowed, on=["scope", dimension], how="semi")])
    return pairs.select("_customer", "scope", "matched_on")


def _with_span_of_knowledge(statements: pl.DataFrame, id_column: str) -> pl.DataFrame:
    """Each statement with the span in which it was the latest known about its thing."""
    ordered = statements.sort(id_column, "landed_at", "statement_id")
    superseded = pl.col("landed_at").shift(-1).over(id_column)
    never = pl.lit(date(9999, 1, 1)).cast(statements.schema["landed_at"])
    return ordered.with_columns(_known_from="landed_at", _known_until=superseded.fill_null(never), _until=_until())


def _by_day(statements: pl.DataFrame, id_column: str, days: DayRange) -> pl.DataFrame:
    """A row for each of the days on which the statement is near; pairing by day keeps the join from growing with the days."""
    first = pl.max_horizontal(pl.col("started_at").dt.date(), pl.lit(days.first))
    last = pl.min_horizontal(pl.col("_until").dt.date(), pl.lit(days.last))
    near = statements.filter(first <= last).with_columns(event_date=pl.date_ranges(first, last)).explode("event_date")
    return near.select("product", "event_date", "started_at", "_until", "_known_from", "_known_until", "scope", link_id=id_column)


def _error_links(fragments: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    quoted = _quoted(fragments, logs)
    error = ["product", "error_text"]
    minutes = logs.join(quoted, on=error, how="semi").group_by(*error, "event_date", "minute_at").agg(_known_from=pl.col("landed_at").min())
    by_day = pl.concat([minutes, minutes.with_columns(pl.col("event_date") + timedelta(days=LOG_DAYS))])
    near = pl.col("minute_at").is_between(pl.col("occurred_at") - _ERROR_NEAR, pl.col("occurred_at"))
    known = pl.col("_known_from") <= pl.col("landed_at")
    pairs = quoted.join(by_day, on=[*error, "event_date"], how="inner").filter(near & known)
    first = pairs.group_by(*_SAID, link_id="error_text").agg(pl.col("minute_at").min())
    return _rows(first.with_columns(matched_on=pl.lit([], pl.List(pl.String))), LinkKind.ERROR, "minute_at")


def _quoted(fragments: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    """A row for each fragment and each error string of the logs that its text holds verbatim."""
    errors = logs.select("error_text").unique().filter(pl.col("error_text").str.len_chars() >= MIN_QUOTED_CHARS)["error_text"].sort()
    found = pl.col("masked_text").str.extract_many(errors.implode(), overlapping=True).list.unique()
    quoting = (
        fragments.select(*_SAID, error_text=found) if errors.len() else fragments.select(*_SAID, error_text=pl.lit([], pl.List(pl.String)))
    )
    return quoting.explode("error_text").drop_nulls("error_text")
