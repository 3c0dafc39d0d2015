"""Deliveries: files of many sources and instants, as a simulation or a back-test hands them over, landed at once.

Every row lands at the instant at which it was delivered, as if the files had come one by one, but each table is appended to once: weeks of
hourly files cost seconds. What holds of a single file holds here too (`ingest.py`). Not for files that just came in: those have no instant
of their own, and their landing must not wait for others.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feedback_loop.bronze.landing import landing_batch_of
from feedback_loop.contracts.records import LandingReport
from feedback_loop.ports import TableStore
from feedback_loop.sources.reading import Row
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows.ingest import land_batch, reading_of


class Delivery(Protocol):
    """The bytes of one file of a source, and when they came in (UTC)."""

    @property
    def source(self) -> str:
        """The name of the source."""
        ...

    @property
    def name(self) -> str:
        """The name of the file, whose suffix tells its form."""
        ...

    @property
    def content(self) -> bytes:
        """The file."""
        ...

    @property
    def product(self) -> str | None:
        """The product, where the rows don't name it themselves."""
        ...

    @property
    def delivered_at(self) -> datetime:
        """When its rows land."""
        ...


def land_deliveries(deliveries: Iterable[Delivery], store: TableStore) -> LandingReport:
    """What became of the rows of all deliveries; of equal rows the one that was delivered first lands. Raises BadInput before any lands."""
    in_order = sorted(deliveries, key=lambda delivery: delivery.delivered_at)
    return land_batch(landing_batch_of((delivery.delivered_at, list(_rows(delivery))) for delivery in in_order), store)


def _rows(delivery: Delivery) -> Iterator[Row]:
    source = source_named(delivery.source)
    return source.read(io.BytesIO(delivery.content), reading_of(source, Path(delivery.name), delivery.product))
