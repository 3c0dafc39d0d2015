"""Incidents as a status page tells them: `GET /api/v2/incidents.json` of Atlassian Statuspage, as each such page documents it at /api.

id, name (or title) and started_at (or created_at) are required; impact, resolved_at, components, incident_updates (or updates) may be
missing. An archive of such incidents in JSON lines is read as well, with components as names. The page says whom an incident reached by its
components alone, which are services and no kinds of customers, so its scope is everybody. What changes while nothing is said (updated_at,
shortlink) is no part of the statement; a new update is, and makes another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import period, statement
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import parts
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import MAX_WORD_CHARS, Values

KNOWN_FIELDS = frozenset(
    {
        "components", "created_at", "id", "impact", "impact_override", "incident_updates", "metadata", "monitoring_at", "name", "page_id",
        "postmortem_body", "postmortem_body_last_updated_at", "postmortem_ignored", "postmortem_notified_subscribers",
        "postmortem_notified_twitter", "postmortem_published_at", "reminder_intervals", "resolved_at", "scheduled_auto_completed",
        "scheduled_auto_in_progress", "scheduled_for", "scheduled_remind_prior", "scheduled_reminded_at", "scheduled_until", "shortlink",
        "started_at", "status", "updated_at",
    }
)  # fmt: skip

SEVERITIES = {
    "none": Severity.LOW, "maintenance": Severity.LOW, "minor": Severity.NORMAL, "major": Severity.HIGH, "critical": Severity.URGENT,
}  # fmt: skip


def read_statuspage(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each incident of the page."""
    return read_json_pages(stream, reading, ("incidents",), _incident)


def _incident(values: Values, payload: str, number: int, reading: Reading) -> Iterator[ContextStatement]:
    begins = "started_at" if read.word(values, "started_at") else "created_at"
    started_at, ended_at = period(values, begins, "resolved_at")
    said: dict[str, object] = {
        "incident_id": read.required_word(values, "id", QuarantineReason.MISSING_ID),
        "product": reading.product,
        "service": _service(values),
        "known_severity": _severity(values),
        "started_at": started_at,
        "ended_at": ended_at,
        "scope": {},
        "incident_summary": "\n".join([read.word(values, "name") or read.required_word(values, "title"), *_updates(values)]),
    }
    yield statement(ContextKind.INCIDENT, said, payload, number, reading)


def _severity(values: Values) -> Severity | None:
    impact = read.word(values, "impact")
    if impact is None:
        return None
    if impact.lower() not in SEVERITIES:
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"impact is none of {', '.join(SEVERITIES)}")
    return SEVERITIES[impact.lower()]


def _service(values: Values) -> str | None:
    """The components by name, ascending; None where there are none, or too many to be a name."""
    found = values.get("components")
    is_names = isinstance(found, list) and all(isinstance(one, str) for one in found)
    told = [{"name": one} for one in found] if is_names and isinstance(found, list) else parts(values, "components")
    names = ", ".join(sorted({name for one in told if (name := read.word(one, "name"))}))
    return names if 0 < len(names) <= MAX_WORD_CHARS else None


def _updates(values: Values) -> list[str]:
    """What was said while it lasted, the earliest first; the feed lists the latest first."""
    told = parts(values, "incident_updates") or parts(values, "updates")
    return [line for _, line in sorted(_update(one) for one in told) if line]


def _update(update: Values) -> tuple[datetime, str]:
    when = next((name for name in ("display_at", "created_at") if read.word(update, name)), "at")
    text = read.words(update, "body") or read.words(update, "message")
    return read.instant(update, when), f"{read.word(update, 'status') or 'update'}: {text.strip()}" if text else ""
