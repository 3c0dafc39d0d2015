"""Each column of an incident, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import json_lines, read, rejected, said

INCIDENT: dict[str, Any] = {"incident_id": "i1", "product": "Acme", "started_at": "2026-03-01T12:00:00Z", "scope": {}}


def test_everything_that_an_incident_tool_says_is_kept() -> None:
    optional = {"service": "pay", "provider": "PayCo", "severity": "HIGH", "ended_at": "2026-03-01T13:00:00Z", "summary": "Payments fail."}
    told = said(read("incidents", json_lines(INCIDENT | optional), "jsonl")[0])
    assert (told["known_severity"], told["provider"], told["incident_summary"], told["service"]) == (
        "high",
        "PayCo",
        "Payments fail.",
        "pay",
    )


def test_incident_that_still_goes_on_says_no_end() -> None:
    assert "ended_at" not in said(read("incidents", json_lines(INCIDENT), "jsonl")[0])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"incident_id": None}, QuarantineReason.MISSING_ID),
        ({"severity": "terrible"}, QuarantineReason.UNKNOWN_VALUE),
        ({"ended_at": "2026-02-28"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"scope": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=str,
)
def test_incident_that_can_not_be_placed_is_quarantined(changed: dict[str, object], reason: QuarantineReason) -> None:
    assert rejected(read("incidents", json_lines(INCIDENT | changed), "jsonl")[0]).reason is reason
