"""No customer text in what Dagster keeps: neither of a run that went well nor of one that failed, in any file of the instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import Table
from feedback_loop.defs.io_manager import TableIOManager
from feedback_loop.defs.resources import HomeResource, StoreResource
from feedback_loop.defs.run_days import range_tags
from feedback_loop.defs.run_record import open_instance
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import days, record
from feedback_loop_tests.defs.test_drive import QuotingEmbedderResource

MARKERS = ("Zibbelkrant", "Quorvaxin", "Pluddermeck")
TEXTS = (
    "The app crashes when I open Zibbelkrant, error E-1234.",
    "Charged twice for Quorvaxin and nobody answers, write to quorvaxin@example.com",
    "Pluddermeck is locked out, no password reset mail comes.",
)


class QuotingStore(DeltaTableStore):
    """A store that fails where it is told, quoting the rows; bronze can still be read."""

    where = ""

    def read(self, table: Table, *arguments: object, **named: object) -> pl.DataFrame:
        rows = super().read(table, *arguments, **named)  # type: ignore[arg-type]
        if self.where == f"read {table.name}" and rows.height and {"text", "masked_text"} & set(rows.columns):
            raise pl.exceptions.ComputeError(f"conversion failed for {rows.rows()}")
        return rows

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        if self.where == f"write {table.name}":
            raise ValueError(f"could not write {frame.rows()}")
        return super().replace_days(table, frame, days)


class QuotingStoreResource(StoreResource):
    """Opens that store."""

    where: str

    def open(self) -> QuotingStore:
        settings = self.home.settings()
        store = QuotingStore(settings.tables_folder, settings.locks_folder)
        store.where = self.where
        return store


@pytest.fixture(scope="module")
def landed(new_home: NewHome) -> Home:
    home = new_home()
    home.land([record(f"r{n}", n % 3, text) for n, text in enumerate(TEXTS * 3)])
    return home


@pytest.fixture
def dagster_home(tmp_path: Path) -> Path:
    return tmp_path / "dagster"


@contextmanager
def loop(home: Home, dagster_home: Path, **replaced: object) -> Iterator[dg.ExecuteInProcessResult]:
    """The loop job over three days in an instance as users have it."""
    with open_instance(dagster_home) as instance:
        yield home.loop(tags=range_tags(days(0, 2)), instance=instance, replaced=replaced)


def kept_words(dagster_home: Path) -> list[str]:
    """The markers that stand in any file of the instance, in any spelling of case."""
    kept = b"".join(file.read_bytes() for file in dagster_home.rglob("*") if file.is_file()).lower()
    assert b"analysis_embedding" in kept
    return [marker for marker in MARKERS if marker.lower().encode() in kept]


def test_texts_are_in_the_tables_so_that_their_absence_elsewhere_means_something(
    landed: Home, new_home: NewHome, dagster_home: Path
) -> None:
    home = landed.copied_to(new_home())
    with loop(home, dagster_home) as result:
        assert result.success
    texts = " ".join(home.table("silver_fragment")["masked_text"])
    assert [marker for marker in MARKERS if marker in texts] == list(MARKERS)
    assert kept_words(dagster_home) == []


def test_stage_that_raises_with_a_text_in_its_message_leaves_none_in_the_log(landed: Home, new_home: NewHome, dagster_home: Path) -> None:
    home = landed.copied_to(new_home())
    embedder = QuotingEmbedderResource(home=HomeResource(home=str(home.folder)))
    with loop(home, dagster_home, embedder=embedder) as result:
        assert not result.success
        [failure] = [e for e in result.all_events if e.is_step_failure]
    assert failure.step_failure_data.user_failure_data is not None
    assert str(failure.step_failure_data.user_failure_data.description).startswith("ValueError at feedback_loop/analysis/embed.py:")
    assert kept_words(dagster_home) == []


PLACES = ["write silver_fragment", "read silver_fragment"]


@pytest.mark.parametrize("where", PLACES)
def test_store_that_raises_with_rows_in_its_message_leaves_none_in_the_log(
    landed: Home, new_home: NewHome, dagster_home: Path, where: str
) -> None:
    home = landed.copied_to(new_home())
    store = QuotingStoreResource(home=HomeResource(home=str(home.folder)), where=where)
    with loop(home, dagster_home, store=store, io_manager=TableIOManager(store=store)) as result:
        assert not result.success
        assert [e for e in result.all_events if e.is_step_failure]
    assert kept_words(dagster_home) == []
