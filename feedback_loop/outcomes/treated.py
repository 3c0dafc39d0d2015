"""Who got a fix, and with whom they are compared: a record is of the treated, of the control, or of neither.

How the two are compared is `methods/statistics/difference_in_differences`. The rule that is easy to break: a record that does not say
whether it is in the scope counts on neither side, or the fix would seem to help the control too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.vocab import ISSUE_CLASSES

FEWEST_ALIKE = 30
"""Complaints about the same by others from which on they are the control: a rate of fewer is too uncertain to compare with."""

Scope = Mapping[str, Sequence[str]]


def treated_scope(cause_scope: str | None, cohort: str | None) -> Scope:
    """The customers whom the cause reached and in whom it showed; {} is everybody. Dimensions that no record has are left out.

    Where the two name different values of a dimension, the cause's count: it says whom a fix reaches.
    """
    reached = {d: sorted(values) for d, values in json.loads(cause_scope or "{}").items() if d in SCOPE_DIMENSIONS}
    shown = {d: [value] for d, value in json.loads(cohort or "{}").items() if d in SCOPE_DIMENSIONS}
    narrowed = {d: value for d, value in shown.items() if d not in reached or value[0] in reached[d]}
    return reached | narrowed


def scope_text(scope: Scope) -> str:
    """The scope as canonical JSON."""
    return canonical_json({dimension: list(values) for dimension, values in scope.items()}).decode()


def complaints(fragments: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The fragments that complain, with their best_class; repetitions of a customer are left out, and so is duplicate_of."""
    issues = classifications.filter(pl.col("best_class").is_in([str(c) for c in ISSUE_CLASSES])).select("fragment_id", "best_class")
    return fragments.filter(pl.col("duplicate_of").is_null()).drop("duplicate_of").join(issues, on="fragment_id")


def complaining_records(fragments: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The records that complain, with each class of theirs: record (the hash of its id), best_class; without repetitions of a customer."""
    # A number of 64 bits says as well as the id which records are the same, in a tenth of the memory.
    said = fragments.select("fragment_id", "duplicate_of", record=pl.col("record_id").hash())
    return complaints(said, classifications).select("record", "best_class").unique()


def once_a_day(spoken: pl.DataFrame) -> pl.DataFrame:
    """The first record of each customer on each day, apart for each of the other columns; one of an unknown customer counts by itself.

    A customer who complains many times a day would else look like many. Columns: customer_id, occurred_at, and flags.
    """
    flags = [name for name in spoken.columns if name not in ("customer_id", "occurred_at")]
    in_order = spoken.sort("occurred_at", maintain_order=True)
    is_first = pl.struct("customer_id", pl.col("occurred_at").dt.date().alias("day"), *flags).is_first_distinct()
    return in_order.filter(is_first | pl.col("customer_id").is_null())


def about(messages: pl.DataFrame, complaining: pl.DataFrame, alerted_class: str | None) -> pl.Series:
    """Whether each message complains about the class, or about anything where it is None."""
    of_class = complaining if alerted_class is None else complaining.filter(pl.col("best_class") == alerted_class)
    return messages.select(pl.col("record_id").hash().is_in(of_class["record"].unique().implode())).to_series()


def sides(messages: pl.DataFrame, is_about: pl.Series, scope: Scope) -> pl.DataFrame:
    """The product's messages of one of the two sides, each customer once a day: occurred_at, `is_treated` and `is_control`.

    Treated: records of the scope that complain about the class, or about anything where it is None. Control: of customers known to be
    outside of the scope those who complain about the same, so that what rises and falls for everybody is no merit of the fix; all their
    records where fewer than `FEWEST_ALIKE` do, records about other things where the scope is everybody.
    """
    within = [pl.col(dimension).is_in(list(values)) for dimension, values in scope.items()]
    inside = pl.all_horizontal(w.fill_null(False) for w in within) if within else pl.lit(True)
    outside = pl.any_horizontal(w.not_().fill_null(False) for w in within) if within else ~is_about
    spoken = messages.select("customer_id", "occurred_at", is_treated=inside & is_about, is_control=outside, is_alike=outside & is_about)
    is_enough = bool(within) and spoken["is_alike"].sum() >= FEWEST_ALIKE
    told = spoken.select("customer_id", "occurred_at", "is_treated", is_control="is_alike" if is_enough else "is_control")
    return once_a_day(told.filter(pl.col("is_treated") | pl.col("is_control"))).drop("customer_id")
