"""Ledgers of made-up days: clusters from a few words, fragments that say what their letter means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.gold.identity import IDENTITY_VERSION, Said, carried_days
from feedback_loop.gold.ledger import Ledger
from feedback_loop.gold.ledger_rows import ledgers_of, rows_of, state_frame
from feedback_loop_tests.complaint_stream import day

LENGTH = 30
MEANINGS = {
    name: [*first, *[0.0] * (LENGTH - len(first))]
    for name, first in {"a": (1.0, 0.0), "b": (0.0, 1.0), "a-like": (0.95, 0.31), "rest": (0.0, 0.0, 0.0, 1.0)}.items()
}
"""Directions of centroids; `rest` is a catch-all."""


@dataclass(frozen=True)
class Found:
    """One cluster of one day; each member is named by a letter and the number of its day and itself, such as a03-1."""

    day: int
    meaning: str
    members: Sequence[str]


def said_on(letter: str, first: int, last: int, each: int = 2) -> list[str]:
    """Fragments of the days, both included, so many a day."""
    return [f"{letter}{n:02d}-{m}" for n in range(first, last + 1) for m in range(each)]


def table(found: Sequence[Found], label: str = "word, other", model: str = "m1", product: str = "app") -> pl.DataFrame:
    """The clusters as `analysis_cluster` has them, as far as identity reads it."""
    return pl.DataFrame(
        {
            "product": [product] * len(found),
            "event_date": [day(f.day) for f in found],
            "cluster_id": [stable_id("cluster", product, f.day, *f.members) for f in found],
            "best_class": ["billing"] * len(found),
            "cluster_label": [label] * len(found),
            "is_catch_all": [f.meaning == "rest" for f in found],
            "member_fragment_ids": [list(f.members) for f in found],
            "centroid": pl.Series([MEANINGS[f.meaning] for f in found], dtype=pl.List(pl.Float32)),
            "embedding_model_version": [model] * len(found),
        },
        schema_overrides={"member_fragment_ids": pl.List(pl.String)},
    )


def day_said(fragment: str) -> date:
    """The day that the fragment's name tells."""
    return day(int(fragment[1:3]))


def said_of(clusters: pl.DataFrame) -> Said:
    """What the members say: each letter has a direction of its own, and each fragment a little of its own."""
    names = sorted({f for members in clusters["member_fragment_ids"] for f in members})
    noise = {name: np.random.default_rng(int.from_bytes(name.encode()[:7], "big")).normal(0.0, 0.05, LENGTH) for name in names}
    vectors = np.stack([np.eye(LENGTH)[ord(name[0]) - ord("a")] + noise[name] for name in names]) if names else np.zeros((0, LENGTH))
    unit = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    columns = pl.DataFrame(
        {
            "fragment_id": names,
            "event_date": [day_said(f) for f in names],
            "occurred_at": [datetime.combine(day_said(f), time(9, int(f[4:])), UTC) for f in names],
            "masked_text": [f"{f[0]}text words" for f in names],
            "embedding_model_version": ["m1"] * len(names),
        }
    )
    return Said({f: n for n, f in enumerate(names)}, columns, unit)


def statuses(resolved: Mapping[str, int]) -> pl.DataFrame:
    """Rows of `state_issue_status`: the issues that were resolved on these days."""
    schema = {"issue_id": pl.String, "issue_status": pl.String, "event_date": pl.Date}
    return pl.DataFrame([(name, "resolved", day(n)) for name, n in resolved.items()], schema=schema, orient="row")


def replayed(clusters: pl.DataFrame, resolved: Mapping[str, int] | None = None, until: int | None = None) -> pl.DataFrame:
    """The ledger of every day, in one go, to the last day of clusters or further."""
    days = list(clusters["event_date"])
    last = max(days) if until is None else day(until)
    return _frame(clusters, {}, DayRange(min(days), last), statuses(resolved or {}))


def day_by_day(clusters: pl.DataFrame) -> pl.DataFrame:
    """The ledger of every day, each from the rows of the day before."""
    days = DayRange(min(clusters["event_date"]), max(clusters["event_date"]))
    parts: list[pl.DataFrame] = []
    for one in days:
        of_day = clusters.filter(pl.col("event_date") == one)
        parts.append(_frame(of_day, ledgers_of(parts[-1]) if parts else {}, DayRange(one, one), statuses({}), said_of(clusters)))
    return pl.concat(parts)


def _frame(
    clusters: pl.DataFrame, ledgers: dict[str, Ledger], days: DayRange, known: pl.DataFrame, said: Said | None = None
) -> pl.DataFrame:
    carried = carried_days(clusters, said or said_of(clusters), known, ledgers, days)
    return state_frame(row for one, ledger in carried for row in rows_of(ledger, one, IDENTITY_VERSION))


def owners(states: pl.DataFrame, on: int) -> dict[str, str]:
    """Whose each fragment of the window is at the end of the day."""
    full = states.filter((pl.col("event_date") == day(on)) & pl.col("parent_issue_id").is_null())
    return {f: name for name, members in full.select("issue_id", "member_fragment_ids").iter_rows() for f in members}


def rolling(letters: str, days: int, length: int = 10) -> list[Found]:
    """One cluster per letter and day, of the fragments of so many days."""
    return [Found(n, "ab"[i % 2], said_on(letter, max(0, n - length + 1), n)) for n in range(days) for i, letter in enumerate(letters)]
