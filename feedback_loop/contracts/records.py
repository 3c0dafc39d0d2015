"""The records that cross the border between reading a source and landing it.

A reader turns bytes into records, statements, measured rows or `RejectedRow`, and no row of the input is dropped between them.
Ids are given here, from content; `landed_at` is added when the rows are landed (`bronze/`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

import polars as pl

from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity


@dataclass(frozen=True, kw_only=True)
class FeedbackRecord:
    """The canonical record (R20, R22): what one source says that one customer said at one time."""

    source: str
    source_record_id: str
    channel: Channel
    product: str
    occurred_at: datetime
    raw_payload: str
    source_file: str
    source_row_number: int
    text: str | None = None
    context_text: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    customer_address: str | None = None
    sku: str | None = None
    product_area: str | None = None
    declared_language: str | None = None
    locale: str | None = None
    segment: str | None = None
    tier: str | None = None
    region: str | None = None
    product_version: str | None = None
    device: str | None = None
    os: str | None = None
    browser: str | None = None
    severity: Severity | None = None
    rating: float | None = None
    thread_id: str | None = None
    in_reply_to: str | None = None
    retried_quarantine_id: str | None = None

    @property
    def record_id(self) -> str:
        """The id of the record, whatever its versions."""
        return stable_id("record", self.source, self.product, self.source_record_id)

    @property
    def record_version_id(self) -> str:
        """The id of this content; where the row came from is no part of it, so the same content from another file is the same version."""
        content = ((f.name, getattr(self, f.name)) for f in fields(self) if f.name not in _PLACE)
        return stable_id("version", *(value for name, value in content if value is not None or name not in _CAME_LATER))


_PLACE = ("raw_payload", "source_file", "source_row_number", "retried_quarantine_id")

_CAME_LATER = ("browser", "customer_name", "customer_email", "customer_address", "thread_id", "in_reply_to")
# Dimensions that records had no column for at first. They count only where they are said: a None in the hash would give every record that
# landed before the column existed another id, and landing it again would double it. One part more or less can't collide with another value,
# because each part stands in the hash with its length.


@dataclass(frozen=True, kw_only=True)
class ReleaseRecord:
    """One statement of a release feed."""

    product: str
    release_version: str
    released_at: datetime
    raw_payload: str
    source_file: str
    source_row_number: int
    release_notes: str | None = None
    retried_quarantine_id: str | None = None

    @property
    def release_id(self) -> str:
        """The id of the statement: another date or other notes for the same version are another statement."""
        return stable_id("release", self.product, self.release_version, self.released_at, self.release_notes)


@dataclass(frozen=True, kw_only=True)
class ContextStatement:
    """What a source says of one change, incident, customer, business event or document; `statement` is canonical JSON of typed values."""

    context_kind: ContextKind
    source: str
    statement: str
    raw_payload: str
    source_file: str
    source_row_number: int
    retried_quarantine_id: str | None = None

    @property
    def statement_id(self) -> str:
        """The id of what is said: the same of the same thing is the same statement, wherever it stood; any other value is another."""
        return stable_id("statement", self.context_kind, self.source, self.statement)


@dataclass(frozen=True, kw_only=True)
class MeasuredRows:
    """Many rows of a table of machines' figures at once: `frame` has the table's columns but for what is added when they land."""

    table: str
    frame: pl.DataFrame
    retried_quarantine_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """One row that its reader could not turn into a record, kept byte for byte."""

    source: str
    source_file: str
    source_row_number: int
    reason: QuarantineReason
    detail: str
    raw_bytes: bytes
    reader_options: str

    @property
    def quarantine_id(self) -> str:
        """The id of the row: the same bytes rejected for the same reader are the same row, whichever file they came in."""
        return stable_id("quarantine", self.source, self.reader_options, content_hash(self.raw_bytes))


Record = FeedbackRecord | ReleaseRecord | ContextStatement
Row = Record | MeasuredRows | RejectedRow


def row_count(row: Row) -> int:
    """How many rows of the source it stands for."""
    return row.frame.height if isinstance(row, MeasuredRows) else 1


@dataclass(frozen=True, kw_only=True)
class LandingReport:
    """How many rows were read and what became of them; `read = landed + duplicates + quarantined` always holds."""

    read: int
    landed: int
    duplicates: int
    quarantined: int

    @property
    def is_balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.landed + self.duplicates + self.quarantined

    def plus(self, other: LandingReport) -> LandingReport:
        """The sum of both reports."""
        return LandingReport(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})
