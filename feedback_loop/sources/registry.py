"""The sources by name: which reader, which files, and whether the user has to name the product.

A new source is one reader and one entry here; the command line, the inbox and the retry of quarantined rows follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from feedback_loop.errors import UnknownChoice, UnreadableFile
from feedback_loop.sources import (
    app_store_connect,
    app_store_text,
    business_events,
    calls,
    cdevents,
    changes,
    chats,
    customers,
    documents,
    github_compare,
    github_releases,
    google_play,
    google_play_reviews,
    incident_comments,
    incidents,
    intercom,
    launchdarkly,
    logs,
    mail,
    otlp,
    records,
    releases,
    segment,
    statuspage,
    survey,
    telemetry,
    zendesk,
)  # fmt: skip
from feedback_loop.sources.call_json import KNOWN_FIELDS as KNOWN_OF_CALLS
from feedback_loop.sources.reading import Reading, Row

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
    is_feedback: bool = False
    """Whether customers speak in its rows; the others tell what happened."""
    lands_as: str | None = None
    """The source that its records name, where another reader's records are the same; None where that is its own name."""

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
        Source(
            "app_store_connect", app_store_connect.read_app_store_connect, True, PAGED, app_store_connect.KNOWN_FIELDS, is_feedback=True
        ),
        Source("app_store_text", app_store_text.read_app_store_text, True, (".txt",), is_feedback=True),
        Source("business_events", business_events.read_business_events, False, _TABULAR),
        Source("calls", calls.read_calls, True, (".vtt", ".json"), KNOWN_OF_CALLS, is_feedback=True),
        Source("cdevents", cdevents.read_cdevents, True, PAGED, cdevents.KNOWN_FIELDS),
        Source("changes", changes.read_changes, False, _TABULAR),
        Source("chats", chats.read_chats, True, (".jsonl", ".ndjson"), chats.KNOWN_FIELDS, is_feedback=True),
        Source("customers", customers.read_customers, False, _TABULAR),
        Source("documents", documents.read_documents, False, (".md", ".markdown")),
        Source("github_compare", github_compare.read_github_compare, True, PAGED, github_compare.KNOWN_FIELDS),
        Source("github_releases", github_releases.read_github_releases, True, PAGED, github_releases.KNOWN_FIELDS),
        Source("google_play", google_play.read_google_play, True, is_feedback=True),
        Source(
            "google_play_reviews",
            google_play_reviews.read_google_play_reviews,
            True,
            PAGED,
            google_play_reviews.KNOWN_FIELDS,
            is_feedback=True,
            lands_as="google_play",
        ),
        Source("incident_comments", incident_comments.read_incident_comments, False, is_feedback=True),
        Source("incidents", incidents.read_incidents, False, _TABULAR),
        Source("intercom", intercom.read_intercom, True, PAGED, intercom.KNOWN_FIELDS, is_feedback=True),
        Source("launchdarkly", launchdarkly.read_launchdarkly, True, PAGED, launchdarkly.KNOWN_FIELDS),
        Source("logs", logs.read_logs, False, _TABULAR),
        Source("mail", mail.read_mail, True, (".eml", ".mbox"), reads_own_domains=True, is_feedback=True),
        Source("otlp", otlp.read_otlp, True, PAGED),
        Source("records", records.read_records, False, _TABULAR, is_feedback=True),
        Source("releases", releases.read_releases, True),
        Source("segment", segment.read_segment, True, PAGED, segment.KNOWN_FIELDS, is_feedback=True),
        Source("statuspage", statuspage.read_statuspage, True, PAGED, statuspage.KNOWN_FIELDS),
        Source("survey", survey.read_survey, True, is_feedback=True),
        Source("telemetry", telemetry.read_telemetry, False, _TABULAR),
        Source("zendesk", zendesk.read_zendesk, True, PAGED, zendesk.KNOWN_FIELDS, is_feedback=True),
    )
}


def source_named(name: str) -> Source:
    """The source of that name, with hyphens or underscores."""
    source = SOURCES.get(name.replace("-", "_"))
    if source is None:
        raise UnknownChoice("source", name, sorted(SOURCES))
    return source
