"""The assumptions that count here, the home's own file or the package's, and what a comparison of quarters is read from.

What assumptions mean and what is wrong with them is decided in `outcomes/assumptions_text`. The rule that is easy to break: the two are
never mixed; a home that writes its own answers for all of them.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AssumptionsRefused
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.assumptions_text import parse_assumptions, seed_assumptions
from feedback_loop.outcomes.roi_rows import Books
from feedback_loop.ports import TableStore
from feedback_loop.workflows.home_files import home_text

_MOST_BYTES = 100_000
_READ: dict[str, tuple[str, ...] | None] = {
    "context_business_event": None,
    "context_customer": None,
    "context_incident": None,
    "silver_fragment": ("fragment_id", "record_id", "duplicate_of", "product", "occurred_at"),
    "analysis_classification": ("fragment_id", "best_class"),
}
"""The tables that a comparison is made from, and of the large ones what is read."""

BOOKS = tuple(_READ)


def read_assumptions(roi_file: Path) -> RoiAssumptions:
    """The assumptions of the file, the seed where there is none; raises AssumptionsRefused and UnreadableFile."""
    text = home_text(roi_file, _MOST_BYTES)
    if text is None:
        return seed_assumptions()
    try:
        return parse_assumptions(text)
    except AssumptionsRefused as error:
        raise AssumptionsRefused(error.problems, str(roi_file)) from error


def read_books(tables: TableStore, calls: pl.DataFrame) -> Books:
    """What a comparison is made from, as it has landed; `calls` are rows of state_model_call."""
    events, customers, incidents, fragments, classes = (tables.read(TABLES[name], columns=columns) for name, columns in _READ.items())
    return Books(events, customers, incidents, fragments, classes, calls)
