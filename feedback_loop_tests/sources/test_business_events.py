"""Each column of a business event, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import json_lines, read, rejected, said

EVENT: dict[str, Any] = {"event_id": "e1", "kind": "refund", "product": "Acme", "occurred_at": "2026-03-01T12:00:00Z"}


def test_everything_that_an_event_says_is_kept() -> None:
    told = said(read("business_events", json_lines(EVENT | {"customer_id": "u1", "amount_usd": 12.5, "handling_minutes": 30}), "jsonl")[0])
    assert (told["business_event_id"], told["business_event_kind"], told["customer_id"]) == ("e1", "refund", "u1")
    assert (told["amount_usd"], told["handling_minutes"]) == (12.5, 30)


@pytest.mark.parametrize("kind", BusinessEventKind)
def test_every_kind_is_known(kind: BusinessEventKind) -> None:
    assert said(read("business_events", json_lines(EVENT | {"kind": kind}), "jsonl")[0])["business_event_kind"] == kind


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"event_id": ""}, QuarantineReason.MISSING_ID),
        ({"kind": "gift"}, QuarantineReason.UNKNOWN_VALUE),
        ({"amount_usd": "12,50"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"handling_minutes": -3}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"occurred_at": "1900-01-01"}, QuarantineReason.VALUE_OUT_OF_RANGE),
    ],
    ids=str,
)
def test_event_that_can_not_be_read_is_quarantined(changed: dict[str, object], reason: QuarantineReason) -> None:
    assert rejected(read("business_events", json_lines(EVENT | changed), "jsonl")[0]).reason is reason
