"""Silver of some days, computed from what has landed: of each record its message, of each message its fragments.

What needs no other record is computed for the days at hand alone. What compares records (repetition, boilerplate) needs the days before
them as well, but only the records of customers who speak on the days at hand. The rule that is easy to break: nothing here may depend on
how the days of a run were cut into portions.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import BOILERPLATE_DAYS, DUPLICATE_DAYS, TABLES
from feedback_loop.methods.batches import Runner, apply_step, in_this_process
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.ports import TableStore
from feedback_loop.silver.boilerplate import INPUT as MAIL
from feedback_loop.silver.boilerplate import IS_MAIL, REMOVED, boilerplate, compared, stripped_mails
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.silver.fragments import INPUT_SCHEMA, fragments
from feedback_loop.silver.messages import INPUT_SCHEMA as MESSAGE_INPUT
from feedback_loop.silver.messages import RECORD_COLUMNS, messages
from feedback_loop.workflows.latest_records import latest_records

MESSAGE = TABLES["silver_message"]
FRAGMENT_SCHEMA = TABLES["silver_fragment"].schema
MAIL_SCHEMA = pa.schema([*map(TABLES["bronze_feedback_record"].schema.field, MAIL)])

PORTION_ROWS = 40_000
"""Landed rows that are worked on at once: about 250 MB at a thousand characters each, whatever the days of the run."""
MAIL_ROWS = 512
"""Mails to a batch: to strip one takes as long as to clean several reviews."""


def messages_of(store: TableStore, days: DayRange, cleaner: Cleaner, runner: Runner = in_this_process) -> pl.DataFrame:
    """Rows of `silver_message`, without the boilerplate of their senders."""
    records = latest_records(store, days, columns=RECORD_COLUMNS)
    told = records.join(_removed_spans(store, days, records, runner), on="record_id", how="left", maintain_order="left")
    return apply_step(partial(messages, cleaner=cleaner), told, MESSAGE_INPUT, MESSAGE.schema, runner=runner)


def _removed_spans(store: TableStore, days: DayRange, records: pl.DataFrame, runner: Runner) -> pl.DataFrame:
    """What is removed of each mail that was compared with others of its sender; of the rest, their texts alone decide."""
    earlier = latest_records(store, _before(days, BOILERPLATE_DAYS - 1), _customers(records.filter(IS_MAIL)), MAIL)
    mails = compared(pl.concat([records.select(MAIL), earlier]))
    spans = apply_step(stripped_mails, mails, MAIL_SCHEMA, REMOVED, batch_rows=MAIL_ROWS, runner=runner)
    lost = boilerplate(mails.join(spans, on="record_id"), days)
    return pl.concat([lost, spans.join(lost, on="record_id", how="anti")])


def fragments_of(store: TableStore, days: DayRange, runner: Runner = in_this_process) -> pl.DataFrame:
    """Rows of `silver_fragment`, from the messages of the days and of the week before them."""
    said = _told(store, days)
    before = _told(store, _before(days, DUPLICATE_DAYS - 1), _customers(said))
    made = apply_step(fragments, pl.concat([before, said]), INPUT_SCHEMA, FRAGMENT_SCHEMA, runner=runner)
    return deduplicate(made, runner).filter(pl.col("event_date").is_between(days.first, days.last))


def _told(store: TableStore, days: DayRange, customers: pl.DataFrame | None = None) -> pl.DataFrame:
    """The messages of the days whose record has no later version, in the records' order."""
    latest = latest_records(store, days, customers, ("record_version_id",))
    return store.read(MESSAGE, days, columns=INPUT_SCHEMA.names, matching=latest).sort("record_id")


def _before(days: DayRange, count: int) -> DayRange:
    return DayRange(days.first - timedelta(days=count), days.first - timedelta(days=1))


def _customers(records: pl.DataFrame) -> pl.DataFrame:
    return records.select("customer_id").drop_nulls().unique()
