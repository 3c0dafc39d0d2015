"""Pulling: pages of a source are fetched, kept with their cursor, landed, and forgotten but for the cursor.

One page at a time. It is kept before a row of it lands, and the next is fetched only after it landed: whatever kills the process, the next
pull lands the kept page again (landing is idempotent) and goes on at its cursor. So read = landed + duplicates + quarantined over all
pages. The rule that is easy to break: what a killed pull had landed counts as landed, not as duplicates of itself, so after a kill the
tables are asked for what came with the page. What a row means is decided by the source's reader; how a vendor is asked, in
`adapters/vendor_pages`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from feedback_loop.bronze.landing import LANDED_TABLES, QUARANTINE
from feedback_loop.contracts.pages import KeptPage
from feedback_loop.contracts.records import ContextStatement, FeedbackRecord, LandingReport
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import CursorExpired
from feedback_loop.ports import Clock, PageSpool, SourceClient, TableStore
from feedback_loop.sources.reading import Row
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows.ingest import NOTHING_READ, land_rows, reading_of

MOST_PAGES = 10_000
"""So many pages at most in one pull; what is left comes with the next."""

OVERLAP = timedelta(days=1)
"""So far before the last page a source is begun anew whose cursor expired: longer than clocks are ever apart."""

MOST_TOLD_FIELDS = 1_000


@dataclass(frozen=True)
class PulledSource:
    """One source of a company: the reader of its pages, the product where rows don't name it, and where the first pull begins."""

    name: str
    reader: str
    product: str | None
    since: datetime
    own_domains: tuple[str, ...] = ()
    """Of the company itself: what comes from them is no feedback."""


@dataclass
class Pulled:
    """What one pull did: its pages and rows, the fields that nobody documented, and whether more is waiting."""

    pages: int = 0
    report: LandingReport = NOTHING_READ
    new_fields: list[str] = field(default_factory=list)
    is_behind: bool = False
    began_anew: bool = False


Progress = Callable[[Pulled], None]


def pull(
    source: PulledSource,
    client: SourceClient,
    spool: PageSpool,
    store: TableStore,
    clock: Clock,
    *,
    most_pages: int = MOST_PAGES,
    progress: Progress | None = None,
) -> Pulled:
    """What came of asking the source until it has nothing more; raises what its client and its reader raise, with all before it landed."""
    pulled = Pulled()
    with spool.alone():
        kept = spool.latest()
        if kept is not None and kept.content is not None:
            kept = _land(source, kept, spool, store, clock, pulled, is_after_kill=True)
        while pulled.pages < most_pages:
            kept = _fetch(source, client, kept, clock, pulled)
            spool.keep(kept)
            kept = _land(source, kept, spool, store, clock, pulled)
            if progress:
                progress(pulled)
            if kept.is_last:
                return pulled
    pulled.is_behind = True
    return pulled


def land_kept(source: PulledSource, spool: PageSpool, store: TableStore, clock: Clock) -> Pulled:
    """What came of landing the page that a killed pull left, if there is one; nobody is asked for more."""
    pulled = Pulled()
    with spool.alone():
        kept = spool.latest()
        if kept is not None and kept.content is not None:
            _land(source, kept, spool, store, clock, pulled, is_after_kill=True)
    return pulled


def _fetch(source: PulledSource, client: SourceClient, last: KeptPage | None, clock: Clock, pulled: Pulled) -> KeptPage:
    cursor = None if last is None else last.next_cursor
    try:
        page = client.page(cursor, source.since)
    except CursorExpired:
        if last is None or cursor is None:
            raise
        page, pulled.began_anew = client.page(None, max(source.since, last.fetched_at - OVERLAP)), True
    return KeptPage(
        number=1 if last is None else last.number + 1,
        fetched_at=clock.now(),
        suffix=page.suffix,
        cursor=cursor,
        next_cursor=page.next_cursor,
        is_last=page.is_last,
        before=NOTHING_READ if last is None else last.total,
        told_fields=() if last is None else last.told_fields,
        content=page.content,
    )


def _land(
    source: PulledSource, kept: KeptPage, spool: PageSpool, store: TableStore, clock: Clock, pulled: Pulled, *, is_after_kill: bool = False
) -> KeptPage:
    """The page without its content, after every row of it landed or is in quarantine."""
    name, reader = kept.file_name(source.name), source_named(source.reader)
    reading = reading_of(reader, Path(name), source.product, source.own_domains)
    # A page without a byte has no rows, as a folder without new mails; a reader would take it for a broken file.
    rows = list(reader.read(io.BytesIO(kept.content), reading)) if kept.content else []
    report = land_rows(rows, store, clock.now())
    if is_after_kill:
        report = _with_what_came_before(report, name, store)
    new = sorted(_strangers(rows, reader.known_fields) - set(kept.told_fields))[:MOST_TOLD_FIELDS]
    landed = replace(kept, content=None, report=report, told_fields=tuple(sorted({*kept.told_fields, *new})[:MOST_TOLD_FIELDS]))
    spool.keep(landed)
    pulled.pages, pulled.report, pulled.new_fields = pulled.pages + 1, pulled.report.plus(report), [*pulled.new_fields, *new]
    return landed


def _with_what_came_before(report: LandingReport, file_name: str, store: TableStore) -> LandingReport:
    """The report as if the page had landed at once: what bears its name was landed by it, now or before the kill."""
    landed = max(report.landed, sum(_count(table, file_name, store) for table in LANDED_TABLES))
    quarantined = max(report.quarantined, _count(QUARANTINE, file_name, store))
    return replace(report, landed=landed, quarantined=quarantined, duplicates=report.read - landed - quarantined)


def _count(table: Table, file_name: str, store: TableStore) -> int:
    """How many rows of the table bear the name of the page; measured rows bear none."""
    if "source_file" not in table.columns:
        return 0
    return store.read(table, columns=["source_file"], matching=pl.DataFrame({"source_file": [file_name]})).height


def _strangers(rows: Sequence[Row], known: frozenset[str]) -> set[str]:
    """The fields of the rows that nobody documented; none where nothing is known of the fields."""
    if not known:
        return set()
    payloads = (row.raw_payload for row in rows if isinstance(row, FeedbackRecord | ContextStatement))
    return {name for payload in payloads for name in _fields(payload) if name not in known and name.isprintable()}


def _fields(payload: str) -> list[str]:
    try:
        found = json.loads(payload)
    except ValueError:
        return []
    return [str(name)[:80] for name in found] if isinstance(found, dict) else []
