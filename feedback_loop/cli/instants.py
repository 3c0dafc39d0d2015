"""Instants as people write them after an option: a day, or an ISO instant, in UTC where it names no zone."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time

from feedback_loop.cli.printing import shortened
from feedback_loop.errors import BadInput

FIRST_YEAR, LAST_YEAR = 1970, 2999
_SHOWN_CHARS = 60


def instant_of(text: str, option: str, edge: time) -> datetime:
    """The edge of a day, or an instant; of a year that lets days be added to it. Raises BadInput, which names the option."""
    try:
        found = _edge_or_instant(text, edge).astimezone(UTC)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(f"the year is none from {FIRST_YEAR} to {LAST_YEAR}")
    except (ValueError, OverflowError) as error:
        given = shortened(text, _SHOWN_CHARS)
        raise BadInput(f"'{given}' is no day and no ISO instant. Write {option} 2026-01-31 or {option} 2026-01-31T12:00:00Z.") from error
    return found


def _edge_or_instant(text: str, edge: time) -> datetime:
    with suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), edge, UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
