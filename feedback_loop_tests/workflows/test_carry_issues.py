"""The ledger goes on from the day before: what it reads, what it makes up for, and that it ends like a replay."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import WINDOW_DAYS, Table
from feedback_loop.workflows.carry_issues import CLUSTER, EMBEDDING, FRAGMENT, STATE, carried_states
from feedback_loop_tests.complaint_stream import START, Stream, day, steady, stream
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import FakeTableStore
from feedback_loop_tests.gold.daily_clusters import NO_STATUSES, by_topic

LAST = 45
ALL = DayRange(START, day(LAST))
SAID = stream(steady(LAST + 1))


class Recording(FakeTableStore):
    """Remembers which days of which table were read."""

    def __init__(self, said: Stream = SAID) -> None:
        super().__init__()
        self.reads: list[tuple[str, DayRange | None]] = []
        for table, frame in ((CLUSTER, by_topic(said, ALL)), (FRAGMENT, said.fragments), (EMBEDDING, said.embeddings)):
            self.replace_all(table, _whole(table, frame))

    def read(self, table: Table, days: DayRange | None = None, **how: object) -> pl.DataFrame:
        self.reads.append((table.name, days))
        return super().read(table, days, **how)  # type: ignore[arg-type]

    def carry(self, first: int, last: int) -> None:
        """Computes and stores the days."""
        days = DayRange(day(first), day(last))
        self.replace_days(STATE, carried_states(self, NO_STATUSES, days), days)

    def earliest(self, table: Table) -> int:
        """The earliest day of the table that was read."""
        return min((days.first - START).days for name, days in self.reads if name == table.name and days is not None)


def _whole(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns that identity does not read."""
    said = [{name: v for name, v in row.items() if name in table.columns and v is not None} for row in frame.to_dicts()]
    return frame_of(table, *said)


@pytest.fixture(scope="module")
def replay() -> pl.DataFrame:
    """The ledger of all days, in one go."""
    store = Recording()
    return carried_states(store, NO_STATUSES, ALL)


@pytest.mark.parametrize("cuts", [[0, 20, LAST + 1], [0, 1, 2, 40, LAST + 1]], ids=str)
def test_days_in_parts_end_like_a_replay(cuts: list[int], replay: pl.DataFrame) -> None:
    store = Recording()
    for first, end in pairwise(cuts):
        store.carry(first, end - 1)
    assert_frame_equal(store.read(STATE).sort("event_date", "issue_id"), replay)


def test_days_that_were_left_out_are_made_up_for(replay: pl.DataFrame) -> None:
    store = Recording()
    store.carry(0, 10)
    store.carry(30, LAST)
    expected = replay.filter(pl.col("event_date") >= day(30))
    assert_frame_equal(store.read(STATE, DayRange(day(30), day(LAST))).sort("event_date", "issue_id"), expected)


def test_without_a_stored_day_all_clusters_are_replayed(replay: pl.DataFrame) -> None:
    store = Recording()
    store.carry(LAST, LAST)
    assert_frame_equal(store.read(STATE).sort("issue_id"), replay.filter(pl.col("event_date") == day(LAST)))


def test_a_day_after_a_stored_one_reads_its_own_window_and_the_day_before() -> None:
    store = Recording()
    store.carry(0, LAST - 1)
    store.reads.clear()
    store.carry(LAST, LAST)
    assert (store.earliest(STATE), store.earliest(CLUSTER)) == (LAST - 1, LAST)
    assert store.earliest(FRAGMENT) == store.earliest(EMBEDDING) == LAST - WINDOW_DAYS + 1


def test_a_stored_day_of_another_version_is_none(replay: pl.DataFrame) -> None:
    store = Recording()
    store.carry(0, LAST - 1)
    store.replace_all(STATE, store.read(STATE).with_columns(identity_version=pl.lit("older")))
    store.carry(LAST, LAST)
    kept = store.read(STATE, DayRange(day(LAST), day(LAST))).sort("issue_id")
    assert_frame_equal(kept, replay.filter(pl.col("event_date") == day(LAST)))


def test_without_clusters_there_is_nothing() -> None:
    store = FakeTableStore()
    assert carried_states(store, NO_STATUSES, ALL).is_empty()
