"""Held-out labels that speak for the classifier of a home, or against it."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.label import correct_label
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.test_label import fragments

TEXT = "I was charged twice for my subscription this month, order {n}."
"""What the classifier surely takes for billing."""


def label_held_out(tables: TableStore, state: StateStore, word: str, at: datetime = START, count: int = 40) -> None:
    """Ada says of so many held-out fragments about a double charge that they are of that class."""
    names = [name for n in range(10 * count) if is_held_out(name := f"held_{n}")][:count]
    rows = [
        fragments(name, START.date()).with_columns(masked_text=pl.lit(TEXT.format(n=n)), language=pl.lit("en"))
        for n, name in enumerate(names)
    ]
    tables.append(TABLES["silver_fragment"], pl.concat(rows))
    for name in names:
        correct_label(name, word, "ada", {"ada": ()}, tables, state, at)
