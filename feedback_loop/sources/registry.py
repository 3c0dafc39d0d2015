"""The sources by name: which reader, which files, and whether the user has to name the product.

A new source is one reader and one entry here; the command line, the inbox and the retry of quarantined rows follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from feedback_loop.errors import UnknownChoice, UnreadableFile
from feedback_loop.sources.app_store_connect import KNOWN_FIELDS as KNOWN_OF_APP_STORE
from feedback_loop.sources.app_store_connect import read_app_store_connect
from feedback_loop.sources.app_store_text import read_app_store_text
from feedback_loop.sources.business_events import read_business_events
from feedback_loop.sources.call_json import KNOWN_FIELDS as KNOWN_OF_CALLS
from feedback_loop.sources.calls import read_calls
from feedback_loop.sources.changes import read_changes
from feedback_loop.sources.chats import KNOWN_FIELDS as KNOWN_OF_CHATS
from feedback_loop.sources.chats import read_chats
from feedback_loop.sources.customers import read_customers
from feedback_loop.sources.documents import read_documents
from feedback_loop.sources.google_play import read_google_play
from feedback_loop.sources.google_play_reviews import KNOWN_FIELDS as KNOWN_OF_PLAY
from feedback_loop.sources.google_play_reviews import read_google_play_reviews
from feedback_loop.sources.incidents import read_incidents
from feedback_loop.sources.intercom import KNOWN_FIELDS as KNOWN_OF_INTERCOM
from feedback_loop.sources.intercom import read_intercom
from feedback_loop.sources.logs import read_logs
from feedback_loop.sources.mail import read_mail
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.records import read_records
from feedback_loop.sources.releases import read_releases
from feedback_loop.sources.survey import read_survey
from feedback_loop.sources.telemetry import read_telemetry
from feedback_loop.sources.zendesk import KNOWN_FIELDS as KNOWN_OF_ZENDESK
from feedback_loop.sources.zendesk import read_zendesk

Reader = Callable[[BinaryIO, Reading], Iterator[Row]]

_FORMS = {
    ".json": "page", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".md": "markdown",
    ".markdown": "markdown", ".txt": "text", ".eml": "eml", ".mbox": "mbox", ".vtt": "webvtt",
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
    reads_own_domains: bool = False
    """Whether it has to be told which addresses are the company's own."""

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
        Source("app_store_connect", read_app_store_connect, needs_product=True, suffixes=PAGED, known_fields=KNOWN_OF_APP_STORE),
        Source("app_store_text", read_app_store_text, needs_product=True, suffixes=(".txt",)),
        Source("business_events", read_business_events, needs_product=False, suffixes=_TABULAR),
        Source("calls", read_calls, needs_product=True, suffixes=(".vtt", ".json"), known_fields=KNOWN_OF_CALLS),
        Source("changes", read_changes, needs_product=False, suffixes=_TABULAR),
        Source("chats", read_chats, needs_product=True, suffixes=(".jsonl", ".ndjson"), known_fields=KNOWN_OF_CHATS),
        Source("customers", read_customers, needs_product=False, suffixes=_TABULAR),
        Source("documents", read_documents, needs_product=False, suffixes=(".md", ".markdown")),
        Source("google_play", read_google_play, needs_product=True),
        Source("google_play_reviews", read_google_play_reviews, needs_product=True, suffixes=PAGED, known_fields=KNOWN_OF_PLAY),
        Source("incidents", read_incidents, needs_product=False, suffixes=_TABULAR),
        Source("intercom", read_intercom, needs_product=True, suffixes=PAGED, known_fields=KNOWN_OF_INTERCOM),
        Source("logs", read_logs, needs_product=False, suffixes=_TABULAR),
        Source("mail", read_mail, needs_product=True, suffixes=(".eml", ".mbox"), reads_own_domains=True),
        Source("records", read_records, needs_product=False, suffixes=_TABULAR),
        Source("releases", read_releases, needs_product=True),
        Source("survey", read_survey, needs_product=True),
        Source("telemetry", read_telemetry, needs_product=False, suffixes=_TABULAR),
        Source("zendesk", read_zendesk, needs_product=True, suffixes=PAGED, known_fields=KNOWN_OF_ZENDESK),
    )
}


def source_named(name: str) -> Source:
    """The source of that name, with hyphens or underscores."""
    source = SOURCES.get(name.replace("-", "_"))
    if source is None:
        raise UnknownChoice("source", name, sorted(SOURCES))
    return source
