"""Landing: files in, rows of bronze and of measured context out, every row accounted for.

A file is read in batches, so that its size doesn't matter. Landing is idempotent, so a crash is mended by landing the file again. A row
that is landed or in quarantine already, or that repeats another row of the file, counts as a duplicate. What a row means is decided by
its reader in `sources/`; what becomes of quarantined rows, in `quarantine.py`; files that wait in a folder, in
`inbox.py`; files of many instants at once, in `deliveries.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from feedback_loop.bronze.landing import LANDED_TABLES, QUARANTINE, LandingBatch, landing_batch
from feedback_loop.contracts.records import (
    ContextStatement,
    FeedbackRecord,
    LandingReport,
    MeasuredRows,
    RejectedRow,
    ReleaseRecord,
    row_count,
)
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import BadInput, InputFileMissing, Refused
from feedback_loop.ports import Clock, TableStore
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.registry import Source, source_named

BATCH_ROWS = 20_000
BATCH_BYTES = 64 * 1024 * 1024
NOTHING_READ = LandingReport(read=0, landed=0, duplicates=0, quarantined=0)

Progress = Callable[[Path, LandingReport], None]
"""Called after each batch with the file and what became of its rows so far."""

_PRODUCT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")


def land_file(
    source_name: str,
    path: Path,
    product: str | None,
    store: TableStore,
    clock: Clock,
    progress: Progress | None = None,
    *,
    batch_rows: int = BATCH_ROWS,
    own_domains: tuple[str, ...] = (),
) -> LandingReport:
    """What became of the rows of one file; raises BadInput where it can't be read as a whole."""
    source = source_named(source_name)
    reading = reading_of(source, path, product, own_domains)
    landed_at, report = clock.now(), NOTHING_READ
    _check_readable(path)
    with path.open("rb") as stream:
        for batch in _batches(source.read(stream, reading), batch_rows):
            report = report.plus(land_rows(batch, store, landed_at))
            if progress:
                progress(path, report)
    return report


def land_files(
    source_name: str,
    paths: Sequence[Path],
    product: str | None,
    store: TableStore,
    clock: Clock,
    progress: Progress | None = None,
    *,
    own_domains: tuple[str, ...] = (),
) -> LandingReport:
    """The sum over several files; all are looked for before the first is landed."""
    for path in paths:
        _check_readable(path)
    report = NOTHING_READ
    for path in paths:
        report = report.plus(land_file(source_name, path, product, store, clock, progress, own_domains=own_domains))
    return report


def land_rows(rows: Sequence[Row], store: TableStore, landed_at: datetime) -> LandingReport:
    """What became of the rows; those that the tables and quarantine did not hold yet are appended to them."""
    return land_batch(landing_batch(rows, landed_at), store)


def land_batch(batch: LandingBatch, store: TableStore) -> LandingReport:
    """What became of the rows of the batch: one append for each table that it has rows of."""
    landed = sum(_append(table, batch, store) for table in LANDED_TABLES)
    quarantined = _append(QUARANTINE, batch, store)
    known = sum(frame.height for frame in batch.frames.values()) - landed - quarantined
    report = LandingReport(read=batch.read_count, landed=landed, duplicates=batch.repeated_count + known, quarantined=quarantined)
    if not report.is_balanced or known < 0:
        raise Refused(f"rows are unaccounted for: {report}. Land the file again; rows that are there already are left out.")
    return report


def _append(table: Table, batch: LandingBatch, store: TableStore) -> int:
    frame = batch.frames[table.name]
    return store.append(table, frame).height if frame.height else 0


def reading_of(source: Source, path: Path, product: str | None, own_domains: tuple[str, ...] = ()) -> Reading:
    """The task of reading the file; raises BadInput where product and source don't go together."""
    named = (product or "").strip()
    if source.needs_product and not named:
        raise BadInput(f"rows of {source.name} don't name their product. Add --product NAME.")
    if named and not source.needs_product:
        raise BadInput(f"rows of {source.name} name their product themselves. Leave --product out.")
    if named and not _PRODUCT.fullmatch(named):
        raise BadInput("the name of the product must have 1 to 200 printable characters. Choose another.")
    file_name = os.fsencode(path.name).decode("utf-8", "replace")
    own = own_domains if source.reads_own_domains else ()
    return Reading(source=source.name, file_name=file_name, form=source.form_of(path), product=named, own_domains=own)


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise InputFileMissing(path)
    if not path.is_file():
        raise InputFileMissing(path, "is a folder; name the files in it" if path.is_dir() else "is no regular file")
    if not os.access(path, os.R_OK):
        raise InputFileMissing(path, "may not be read by this user")


def _batches(rows: Iterable[Row], batch_rows: int) -> Iterator[list[Row]]:
    """Lists of rows, bounded in number and in bytes."""
    batch: list[Row] = []
    count = size = 0
    for row in rows:
        batch.append(row)
        count, size = count + row_count(row), size + _size(row)
        if count >= batch_rows or size >= BATCH_BYTES:
            yield batch
            batch, count, size = [], 0, 0
    if batch:
        yield batch


def _size(row: Row) -> int:
    match row:
        case RejectedRow():
            return len(row.raw_bytes)
        case FeedbackRecord() | ContextStatement():
            return 2 * len(row.raw_payload)
        case MeasuredRows():
            return int(row.frame.estimated_size())
        case ReleaseRecord():
            return len(row.release_notes or "")
