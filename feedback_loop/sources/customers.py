"""What a customer system says of each customer: account, tier, segment, consent, contract.

Columns: customer_id, product, stated_at are required; account_id, tier, segment, region, locale, consent (yes or no), monthly_revenue_usd,
renews_at may be missing. Names and addresses of customers, where a file has them, are read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import Consent, ContextKind
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import read_statements
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

REQUIRED = ("customer_id", "product", "stated_at")


def read_customers(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each row of the file."""
    return read_statements(stream, reading, ContextKind.CUSTOMER, REQUIRED, _customer)


def _customer(values: Values) -> dict[str, object]:
    return {
        "known_customer_id": read.required_word(values, "customer_id", QuarantineReason.MISSING_ID),
        "account_id": read.word(values, "account_id"),
        "product": read.required_word(values, "product"),
        "tier": read.word(values, "tier"),
        "segment": read.word(values, "segment"),
        "region": read.word(values, "region"),
        "locale": read.word(values, "locale"),
        "consent": read.choice(values, "consent", Consent),
        "monthly_revenue_usd": read.amount(values, "monthly_revenue_usd"),
        "renews_at": read.optional_instant(values, "renews_at"),
        "stated_at": read.instant(values, "stated_at"),
    }
