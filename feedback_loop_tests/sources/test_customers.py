"""Each column of a customer, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import csv_bytes, json_lines, read, rejected, said

CUSTOMER: dict[str, Any] = {"customer_id": "u1", "product": "Acme", "stated_at": "2026-03-01"}


def test_everything_that_a_customer_system_says_is_kept() -> None:
    optional = {"account_id": "a", "tier": "pro", "segment": "school", "region": "eu", "locale": "de-DE", "consent": "Yes"}
    money = {"monthly_revenue_usd": "49.90", "renews_at": "2026-09-01"}
    told = said(read("customers", json_lines(CUSTOMER | optional | money), "jsonl")[0])
    assert {name: told[name] for name in optional} == optional | {"consent": "yes"}
    assert (told["known_customer_id"], told["monthly_revenue_usd"]) == ("u1", 49.9)
    assert told["renews_at"] == "2026-09-01T00:00:00.000000Z"


def test_what_a_file_says_of_names_and_addresses_is_not_read() -> None:
    header, row = (*CUSTOMER, "name", "email"), (*CUSTOMER.values(), "Anna Berger", "anna@example.com")
    assert "Anna" not in str(said(read("customers", csv_bytes(header, row))[0]))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"customer_id": ""}, QuarantineReason.MISSING_ID),
        ({"consent": "maybe"}, QuarantineReason.UNKNOWN_VALUE),
        ({"consent": True}, QuarantineReason.MALFORMED_ROW),
        ({"monthly_revenue_usd": -1}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"renews_at": "never"}, QuarantineReason.UNREADABLE_DATE),
        ({"stated_at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=str,
)
def test_customer_that_can_not_be_read_is_quarantined(changed: dict[str, object], reason: QuarantineReason) -> None:
    assert rejected(read("customers", json_lines(CUSTOMER | changed), "jsonl")[0]).reason is reason
