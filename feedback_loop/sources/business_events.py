"""What happened that has a price: orders, refunds, renewals, cancellations, cases that an agent handled.

Columns: event_id, kind, product, occurred_at are required; customer_id, amount_usd, handling_minutes may be missing. Amounts are never
negative: whether money came in or went out is said by the kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import BusinessEventKind, ContextKind
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import read_statements
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

REQUIRED = ("event_id", "kind", "product", "occurred_at")


def read_business_events(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each row of the file."""
    return read_statements(stream, reading, ContextKind.BUSINESS_EVENT, REQUIRED, _event)


def _event(values: Values) -> dict[str, object]:
    return {
        "business_event_id": read.required_word(values, "event_id", QuarantineReason.MISSING_ID),
        "business_event_kind": read.required_choice(values, "kind", BusinessEventKind),
        "product": read.required_word(values, "product"),
        "customer_id": read.word(values, "customer_id"),
        "amount_usd": read.amount(values, "amount_usd"),
        "handling_minutes": read.amount(values, "handling_minutes"),
        "occurred_at": read.instant(values, "occurred_at"),
    }
