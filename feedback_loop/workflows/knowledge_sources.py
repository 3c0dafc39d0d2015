"""What counts as governed knowledge beside documents: incidents that are over and the notes of releases, as rows of `context_document`.

The rule that is easy to break: what is derived here is read by people and grounds no action by itself, so no playbook names it; and it has
an end like any document, because what an incident of two years ago teaches is rarely true any more.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.knowledge import STAFF, DocumentStatus
from feedback_loop.contracts.loop_vocab import DocumentKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore

KNOWLEDGE_TABLES = ("context_document", "context_incident", "context_release")
"""The tables that are read."""

INCIDENT_DAYS, NOTE_DAYS = 365, 180
"""So long after its end an incident, and after its release a note, is found."""

_SCHEMA = pl.Schema(TABLES["context_document"].schema)
_NOBODY = pl.lit(None, pl.String)


def governed_documents(tables: TableStore) -> pl.DataFrame:
    """Every version of everything governed, whenever it landed."""
    documents, incidents, releases = (tables.read(TABLES[name]) for name in KNOWLEDGE_TABLES)
    return pl.concat([documents.select(_SCHEMA.names()), incident_documents(incidents), release_documents(releases)])


def incident_documents(incidents: pl.DataFrame) -> pl.DataFrame:
    """A document for each statement about an incident; one that is not over yet, or that nobody summed up, is a draft."""
    is_told = pl.col("ended_at").is_not_null() & pl.col("incident_summary").is_not_null()
    whose = pl.coalesce("service", "provider", pl.lit(str(DocumentKind.PAST_INCIDENT)))
    return _documents(
        incidents,
        DocumentKind.PAST_INCIDENT,
        document_id=pl.format("incident {}", "incident_id"),
        document_title=pl.format("Incident {}: {}", "incident_id", whose),
        document_text=pl.col("incident_summary").fill_null(""),
        owner=whose,
        started_at=pl.coalesce("ended_at", "started_at"),
        valid_until_at=pl.col("ended_at") + timedelta(days=INCIDENT_DAYS),
        document_status=pl.when(is_told).then(pl.lit(str(DocumentStatus.APPROVED))).otherwise(pl.lit(str(DocumentStatus.DRAFT))),
    )


def release_documents(releases: pl.DataFrame) -> pl.DataFrame:
    """A document for each release that has notes."""
    told = releases.filter(pl.col("release_notes").str.strip_chars().str.len_chars() > 0)
    name = pl.format("{} {}", "product", "release_version")
    return _documents(
        told.with_columns(statement_id=pl.format("release {} {}", "product", "release_version")),
        DocumentKind.RELEASE_NOTE,
        document_id=pl.format("release {}", name),
        document_title=name,
        document_text=pl.col("release_notes"),
        owner=pl.col("product"),
        started_at=pl.col("released_at"),
        valid_until_at=pl.col("released_at") + timedelta(days=NOTE_DAYS),
        document_status=pl.lit(str(DocumentStatus.APPROVED)),
    )


def _documents(frame: pl.DataFrame, kind: DocumentKind, **said: pl.Expr) -> pl.DataFrame:
    """The rows as documents that staff may read; a version is named by all that it says."""
    told = frame.with_columns(**said)
    parts = ("document_id", "document_title", "document_text", "document_status", "started_at", "valid_until_at")
    version = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in parts], separator="\0")
    return told.with_columns(
        document_kind=pl.lit(str(kind)),
        document_version=version.map_elements(content_hash, return_dtype=pl.String),
        audience_roles=pl.lit([STAFF], pl.List(pl.String)),
        supersedes_document_id=_NOBODY,
    ).select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
