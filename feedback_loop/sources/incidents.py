"""Incidents of the company and of its providers, as incident tools and status pages tell them.

Columns: incident_id, product, started_at, scope are required; service, provider, severity, ended_at, summary may be missing. A later row
about the same incident is another statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.vocab import QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import period, read_statements, scope
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

REQUIRED = ("incident_id", "product", "started_at", "scope")


def read_incidents(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each row of the file."""
    return read_statements(stream, reading, ContextKind.INCIDENT, REQUIRED, _incident)


def _incident(values: Values) -> dict[str, object]:
    started_at, ended_at = period(values, "started_at", "ended_at")
    return {
        "incident_id": read.required_word(values, "incident_id", QuarantineReason.MISSING_ID),
        "product": read.required_word(values, "product"),
        "service": read.word(values, "service"),
        "provider": read.word(values, "provider"),
        "known_severity": read.choice(values, "severity", Severity),
        "started_at": started_at,
        "ended_at": ended_at,
        "scope": scope(values),
        "incident_summary": read.words(values, "summary"),
    }
