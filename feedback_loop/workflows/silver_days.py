"""Silver of some days, computed from what has landed: of each record its message, of each message its fragments.

What needs no other record is computed for the days at hand alone. What compares records (repetition, boilerplate) needs the days before
them as well, but only the records of customers who speak on the days at hand. The rule that is easy to break: nothing here may depend on
how the days of a run were cut into portions.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import BOILERPLATE_DAYS, DUPLICATE_DAYS, TABLES
from feedback_loop.methods.batches import Runner, apply_step, in_this_process
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.ports import TableStore
from feedback_loop.silver.boilerplate import INPUT as BOILERPLATE_INPUT
from feedback_loop.silver.boilerplate import IS_MAIL, MIN_MESSAGES, boilerplate
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.silver.fragments import INPUT_SCHEMA, fragments
from feedback_loop.silver.messages import INPUT_SCHEMA as MESSAGE_INPUT
from feedback_loop.silver.messages import messages
from feedback_loop.silver.units import stripped
from feedback_loop.workflows.latest_records import latest_records

MESSAGE = TABLES["silver_message"]
FRAGMENT_SCHEMA = TABLES["silver_fragment"].schema
SPANS = pl.Schema(MESSAGE.schema)["removed_spans"]

PORTION_ROWS = 25_000
"""Landed rows that are worked on at once: about 150 MB at a thousand characters each, whatever the days of the run."""


def messages_of(store: TableStore, days: DayRange, cleaner: Cleaner, runner: Runner = in_this_process) -> pl.DataFrame:
    """Rows of `silver_message`; those that lose boilerplate are made once more without it."""
    records = latest_records(store, days).with_columns(removed_spans=pl.lit(None, SPANS))
    made = _made(records, cleaner, runner)
    lost = boilerplate(_mails(store, days, records, made), days)
    if lost.is_empty():
        return made
    again = records.drop("removed_spans").join(lost, on="record_id", how="inner", maintain_order="left")
    return pl.concat([made.join(lost, on="record_id", how="anti"), _made(again, cleaner, runner)]).sort("record_id")


def _made(records: pl.DataFrame, cleaner: Cleaner, runner: Runner) -> pl.DataFrame:
    return apply_step(partial(messages, cleaner=cleaner), records, MESSAGE_INPUT, MESSAGE.schema, runner=runner)


def _mails(store: TableStore, days: DayRange, records: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """The mails of the days and, of their senders, those of the days before, with what quotes and signatures take of them."""
    told = records.drop("removed_spans").join(made.select("record_id", "removed_spans"), on="record_id", maintain_order="left")
    told = told.filter(IS_MAIL).select(BOILERPLATE_INPUT)
    earlier = latest_records(store, _before(days, BOILERPLATE_DAYS - 1), _customers(told), BOILERPLATE_INPUT[:-1]).filter(IS_MAIL)
    both = pl.concat([told, earlier.with_columns(removed_spans=pl.lit(None, SPANS))])
    enough = both.filter(pl.len().over("customer_id") >= MIN_MESSAGES)
    return enough.with_columns(removed_spans=pl.Series([_spans(row) for row in enough.iter_rows(named=True)], dtype=SPANS))


def _spans(row: dict[str, Any]) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] | None = row["removed_spans"]
    return [span._asdict() for span in stripped(row["text"], row["channel"]).removed] if given is None else given


def fragments_of(store: TableStore, days: DayRange, runner: Runner = in_this_process) -> pl.DataFrame:
    """Rows of `silver_fragment`, from the messages of the days and of the week before them."""
    said = _told(store, days)
    before = _told(store, _before(days, DUPLICATE_DAYS - 1), _customers(said))
    made = apply_step(fragments, pl.concat([before, said]), INPUT_SCHEMA, FRAGMENT_SCHEMA, runner=runner)
    return deduplicate(made).filter(pl.col("event_date").is_between(days.first, days.last))


def _told(store: TableStore, days: DayRange, customers: pl.DataFrame | None = None) -> pl.DataFrame:
    """The messages of the days whose record has no later version, in the records' order."""
    latest = latest_records(store, days, customers, ("record_version_id",))
    return store.read(MESSAGE, days, columns=INPUT_SCHEMA.names, matching=latest).sort("record_id")


def _before(days: DayRange, count: int) -> DayRange:
    return DayRange(days.first - timedelta(days=count), days.first - timedelta(days=1))


def _customers(records: pl.DataFrame) -> pl.DataFrame:
    return records.select("customer_id").drop_nulls().unique()
