"""The assumptions that count: the home's own or the package's, never a mixture; and what a comparison is read from."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AssumptionsRefused
from feedback_loop.outcomes.assumptions_text import seed_assumptions, seed_text
from feedback_loop.workflows.roi import read_assumptions, read_books
from feedback_loop_tests.outcomes.one_loop import table
from feedback_loop_tests.outcomes.quarters import BEFORE, week


def test_without_a_file_the_seed_counts(tmp_path: Path) -> None:
    assert read_assumptions(Settings(home=tmp_path).roi_file) is seed_assumptions()


def test_a_file_replaces_the_seed_whole(tmp_path: Path) -> None:
    text = seed_text()
    (tmp_path / "roi.yaml").write_text(text[: text.index("costs:\n")].replace("value: 30", "value: 42"), encoding="utf-8")
    found = read_assumptions(Settings(home=tmp_path).roi_file)
    assert (found.agent_hour_usd.value, found.costs) == (42.0, ())


def test_a_bad_file_is_refused_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "roi.yaml").write_text("costs: []", encoding="utf-8")
    with pytest.raises(AssumptionsRefused, match=r"roi\.yaml: assumptions: add it"):
        read_assumptions(tmp_path / "roi.yaml")


def test_books_are_read_as_they_landed() -> None:
    store = MemoryTableStore()
    store.replace_all(TABLES["context_business_event"], table("context_business_event", *week(BEFORE.first, 0, {"order": 3})))
    books = read_books(store, pl.DataFrame(schema=pl.Schema(TABLES["state_model_call"].schema)))
    assert (books.events.height, books.products()) == (3, ["shop"])
