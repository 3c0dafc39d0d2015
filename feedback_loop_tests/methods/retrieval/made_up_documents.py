"""Governed documents as rows of `context_document`, and passages, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.knowledge import Passage
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.fakes import START

Row = dict[str, Any]
SCHEMA = pl.Schema(TABLES["context_document"].schema)


def document(document_id: str = "pay", version: str = "v1", text: str = "Wait two minutes.", **changes: Any) -> Row:
    """A runbook for all staff that began ninety days ago, ends in ninety days, and landed eighty days ago."""
    row: Row = {
        "statement_id": f"{document_id} {version}", "document_id": document_id, "document_kind": "runbook", "document_title": document_id,
        "document_text": text, "document_version": f"{document_id} {version}", "product": "Printwren", "owner": "support-operations",
        "started_at": START - timedelta(days=90), "valid_until_at": START + timedelta(days=90), "audience_roles": ["staff"],
        "document_status": None, "supersedes_document_id": None, "landed_at": START - timedelta(days=80), "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def documents(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def days(count: float) -> datetime:
    """The instant so many days after `START`."""
    return START + timedelta(days=count)


def passage(document_id: str, text: str, number: int = 0) -> Passage:
    return Passage(f"{document_id} {number}", document_id, f"{document_id} v1", document_id, "", text)
