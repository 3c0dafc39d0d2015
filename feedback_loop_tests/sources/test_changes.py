"""Each column of a change log, and what is refused."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.loop_vocab import ChangeKind
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import json_lines, read, rejected, said
from feedback_loop_tests.sources.test_context_statements import CHANGE


def test_everything_that_a_change_log_says_is_kept() -> None:
    optional = {"service": "web", "ended_at": "2026-03-02", "description": "Two\nlines", "product_version": "2.10"}
    told = said(read("changes", json_lines(CHANGE | optional), "jsonl")[0])
    assert (told["change_description"], told["product_version"], told["service"]) == ("Two\nlines", "2.10", "web")
    assert told["ended_at"] == "2026-03-02T00:00:00.000000Z"


@pytest.mark.parametrize("kind", ChangeKind)
def test_every_kind_of_change_is_known_whatever_its_case(kind: ChangeKind) -> None:
    assert said(read("changes", json_lines(CHANGE | {"change_kind": kind.upper()}), "jsonl")[0])["change_kind"] == kind


def test_change_may_end_when_it_starts() -> None:
    assert said(read("changes", json_lines(CHANGE | {"ended_at": CHANGE["started_at"]}), "jsonl")[0])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"change_id": ""}, QuarantineReason.MISSING_ID),
        ({"change_kind": "hack"}, QuarantineReason.UNKNOWN_VALUE),
        ({"change_kind": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"product": ""}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"started_at": "soon"}, QuarantineReason.UNREADABLE_DATE),
        ({"started_at": ""}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"ended_at": "2026-03-01T11:59:59Z"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"ended_at": "later"}, QuarantineReason.UNREADABLE_DATE),
        ({"scope": {"planet": ["Mars"]}}, QuarantineReason.UNKNOWN_VALUE),
    ],
    ids=str,
)
def test_change_that_can_not_be_placed_is_quarantined(changed: dict[str, object], reason: QuarantineReason) -> None:
    assert rejected(read("changes", json_lines(CHANGE | changed), "jsonl")[0]).reason is reason
