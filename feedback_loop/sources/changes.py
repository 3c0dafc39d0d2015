"""Changes of whatever was deployed, switched, configured or published, as change logs and pipelines tell them.

Columns: change_id, change_kind, product, started_at, scope are required; service, ended_at, description, product_version may be missing.
A later row about the same change, with its end for example, is another statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import ChangeKind, ContextKind
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import period, read_statements, scope
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

REQUIRED = ("change_id", "change_kind", "product", "started_at", "scope")


def read_changes(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each row of the file."""
    return read_statements(stream, reading, ContextKind.CHANGE, REQUIRED, _change)


def _change(values: Values) -> dict[str, object]:
    started_at, ended_at = period(values, "started_at", "ended_at")
    return {
        "change_id": read.required_word(values, "change_id", QuarantineReason.MISSING_ID),
        "change_kind": read.required_choice(values, "change_kind", ChangeKind),
        "product": read.required_word(values, "product"),
        "service": read.word(values, "service"),
        "started_at": started_at,
        "ended_at": ended_at,
        "scope": scope(values),
        "change_description": read.words(values, "description"),
        "product_version": read.word(values, "product_version"),
    }
