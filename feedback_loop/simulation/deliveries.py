"""What arrives at the platform between two instants: the rows of each source by the hour, in the order in which sources deliver.

Here: cutting what `exports` states into deliveries. The platform fetches at the end of each hour, so that is when a delivery lands.
Telemetry and logs come once a day (or as often as asked), as the parts of a day that are over.
The rule that is easy to break: nothing is delivered before it could be known. A public reply to a review that is not written yet when the
review arrives is left out, and the store does not send the review again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import polars as pl

from feedback_loop.simulation.documents import Document, documents
from feedback_loop.simulation.exports import SourceFile, row_files
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.statements import HOUR, Statement, instant, parquet_bytes
from feedback_loop.simulation.telemetry import measured

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)
ORDER = ("releases", "changes", "incidents", "customers", "business_events", "documents", "telemetry", "logs", "google_play", "records")
"""What is landed first within an hour: context before the feedback that it explains."""


@dataclass(frozen=True)
class Delivery:
    """One file that lands at `delivered_at`; `product` where its rows don't name it."""

    source: str
    name: str
    content: bytes
    product: str | None
    delivered_at: datetime


def tick_of(moment: datetime) -> datetime:
    """The end of the hour in which something arrives; an instant on the hour is its own."""
    return EPOCH + -((EPOCH - moment) // HOUR) * HOUR


def _stamp(tick: datetime) -> str:
    return tick.strftime("%Y%m%dT%H%M")


def _as_known(row: Mapping[str, object], tick: datetime) -> Mapping[str, object]:
    """The row without what was written after the tick: the store's public reply."""
    if str(row.get("repliedAt", "")) <= tick.strftime("%Y-%m-%d %H:%M:%S"):
        return row
    return {**row, "replyContent": "", "repliedAt": ""}


@dataclass(frozen=True)
class Arrivals:
    """All that the sources of one simulation deliver, ordered once, so that any number of windows can be asked for."""

    simulation: Simulation
    files: tuple[SourceFile, ...]
    documents: tuple[Document, ...]

    def between(self, since: datetime | None, until: datetime | None, telemetry_hours: int = 24) -> list[Delivery]:
        """What lands in (since, until], in its order: at most one delivery per file and hour; an end that is null leaves nothing out.

        `telemetry_hours`: how many hours of telemetry a delivery holds, a divisor of 24.
        """
        since, until = since or EPOCH, until or FAR_AHEAD
        found = [delivery for file in self.files for delivery in _row_deliveries(file, since, until)]
        found += [_document_delivery(one) for one in self.documents if since < tick_of(one.delivered_at) <= until]
        found += _machine_deliveries(self.simulation, since, until, telemetry_hours)
        return sorted(found, key=lambda one: (one.delivered_at, ORDER.index(one.source), one.name))


def arrivals(simulation: Simulation) -> Arrivals:
    """All that arrives, with the rows of each file in the order of their arrival."""
    files = [
        SourceFile(file.source, file.name, sorted(file.statements, key=_delivered_at), file.product, file.columns)
        for file in row_files(simulation)
    ]
    return Arrivals(simulation, tuple(files), tuple(documents(simulation)))


def deliveries(simulation: Simulation, since: datetime | None, until: datetime | None, telemetry_hours: int = 24) -> list[Delivery]:
    """What lands in (since, until], in its order; who asks for many windows of one simulation keeps its `arrivals`."""
    return arrivals(simulation).between(since, until, telemetry_hours)


def _delivered_at(told: Statement) -> datetime:
    return told.delivered_at


def _tick(told: Statement) -> datetime:
    return tick_of(told.delivered_at)


def _row_deliveries(file: SourceFile, since: datetime, until: datetime) -> Iterator[Delivery]:
    first, end = (bisect_right(file.statements, moment, key=_tick) for moment in (since, until))
    for tick, told in groupby(file.statements[first:end], key=_tick):
        content = file.content([_as_known(statement.row, tick) for statement in told])
        yield Delivery(file.source, f"{file.name}-{_stamp(tick)}{file.suffix}", content, file.product, tick)


def _document_delivery(one: Document) -> Delivery:
    return Delivery("documents", f"documents/{one.file_name}", one.text.encode(), None, tick_of(one.delivered_at))


def _machine_deliveries(simulation: Simulation, since: datetime, until: datetime, hours: int) -> Iterator[Delivery]:
    begin = instant(simulation.start_day, 0)
    for day in range(simulation.scenario.days):
        ends = [begin + timedelta(days=day, hours=hour) for hour in range(hours, 25, hours)]
        wanted = [end for end in ends if since < end <= until]
        if wanted:
            yield from _machine_parts(simulation, day, wanted, timedelta(hours=hours))


def _machine_parts(simulation: Simulation, day: int, ends: list[datetime], length: timedelta) -> Iterator[Delivery]:
    machines = measured(simulation, [day])
    for source, frame in (("telemetry", machines.telemetry), ("logs", machines.logs)):
        for end in ends:
            part = frame.filter((pl.col("minute") >= end - length) & (pl.col("minute") < end))
            yield Delivery(source, f"{source}-{_stamp(end)}.parquet", parquet_bytes(part), None, end)
