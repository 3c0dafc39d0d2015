"""The sources by name: which reader, which files, and whether the user has to name the product.

A new source is one reader and one entry here; the command line, the inbox and the retry of quarantined rows follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from feedback_loop.errors import UnknownChoice, UnreadableFile
from feedback_loop.sources import cdevents, github_compare, github_releases, launchdarkly, segment, statuspage
from feedback_loop.sources.business_events import read_business_events
from feedback_loop.sources.cdevents import read_cdevents
from feedback_loop.sources.changes import read_changes
from feedback_loop.sources.customers import read_customers
from feedback_loop.sources.documents import read_documents
from feedback_loop.sources.github_compare import read_github_compare
from feedback_loop.sources.github_releases import read_github_releases
from feedback_loop.sources.google_play import read_google_play
from feedback_loop.sources.incident_comments import read_incident_comments
from feedback_loop.sources.incidents import read_incidents
from feedback_loop.sources.launchdarkly import read_launchdarkly
from feedback_loop.sources.logs import read_logs
from feedback_loop.sources.otlp import read_otlp
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.records import read_records
from feedback_loop.sources.releases import read_releases
from feedback_loop.sources.segment import read_segment
from feedback_loop.sources.statuspage import read_statuspage
from feedback_loop.sources.telemetry import read_telemetry

Reader = Callable[[BinaryIO, Reading], Iterator[Row]]

_FORMS = {
    ".json": "page", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".md": "markdown",
    ".markdown": "markdown",
}  # fmt: skip
_TABULAR = (".jsonl", ".ndjson", ".csv", ".parquet")
PAGED = (".json", ".jsonl", ".ndjson")
"""Of what a vendor's programming interface answers: whole pages, or rows one a line."""


@dataclass(frozen=True)
class Source:
    """One source: `needs_product` where its rows don't name the product themselves."""

    name: str
    read: Reader
    needs_product: bool
    suffixes: tuple[str, ...] = (".csv",)
    known_fields: frozenset[str] = frozenset()
    """The fields that the vendor documents for a row; others are kept in the payload and told once. Empty where nothing is told."""

    def form_of(self, path: Path) -> str:
        """The form of the file, by its suffix; a source of one form reads a file whatever its suffix."""
        if len(self.suffixes) == 1:
            return _FORMS[self.suffixes[0]]
        if path.suffix.lower() not in self.suffixes:
            raise UnreadableFile(path, f"{self.name} are read from {', '.join(self.suffixes)} files; unpack or rename it")
        return _FORMS[path.suffix.lower()]


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("business_events", read_business_events, needs_product=False, suffixes=_TABULAR),
        Source("cdevents", read_cdevents, needs_product=True, suffixes=PAGED, known_fields=cdevents.KNOWN_FIELDS),
        Source("changes", read_changes, needs_product=False, suffixes=_TABULAR),
        Source("customers", read_customers, needs_product=False, suffixes=_TABULAR),
        Source("documents", read_documents, needs_product=False, suffixes=(".md", ".markdown")),
        Source("github_compare", read_github_compare, needs_product=True, suffixes=PAGED, known_fields=github_compare.KNOWN_FIELDS),
        Source("github_releases", read_github_releases, needs_product=True, suffixes=PAGED, known_fields=github_releases.KNOWN_FIELDS),
        Source("google_play", read_google_play, needs_product=True),
        Source("incident_comments", read_incident_comments, needs_product=False),
        Source("incidents", read_incidents, needs_product=False, suffixes=_TABULAR),
        Source("launchdarkly", read_launchdarkly, needs_product=True, suffixes=PAGED, known_fields=launchdarkly.KNOWN_FIELDS),
        Source("logs", read_logs, needs_product=False, suffixes=_TABULAR),
        Source("otlp", read_otlp, needs_product=True, suffixes=PAGED),
        Source("records", read_records, needs_product=False, suffixes=_TABULAR),
        Source("releases", read_releases, needs_product=True),
        Source("segment", read_segment, needs_product=True, suffixes=PAGED, known_fields=segment.KNOWN_FIELDS),
        Source("statuspage", read_statuspage, needs_product=True, suffixes=PAGED, known_fields=statuspage.KNOWN_FIELDS),
        Source("telemetry", read_telemetry, needs_product=False, suffixes=_TABULAR),
    )
}


def source_named(name: str) -> Source:
    """The source of that name, with hyphens or underscores."""
    source = SOURCES.get(name.replace("-", "_"))
    if source is None:
        raise UnknownChoice("source", name, sorted(SOURCES))
    return source
