"""How any row of context becomes a statement, in every form of file, and what a scope may say."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.context_statements import scope
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.rows import csv_bytes, json_lines, read, rejected, said
from feedback_loop_tests.sources.test_parquet import parquet_bytes

CHANGE: dict[str, Any] = {
    "change_id": "c1", "change_kind": "deploy", "product": "Acme", "started_at": "2026-03-01T12:00:00Z", "scope": {"region": ["us", "eu"]},
}  # fmt: skip


def test_statement_is_canonical_json_of_typed_values() -> None:
    [row] = read("changes", json_lines(CHANGE | {"ended_at": "2026-03-01T14:00+01:00", "service": " web "}), "jsonl")
    assert said(row) == CHANGE | {
        "scope": {"region": ["eu", "us"]},
        "service": "web",
        "started_at": "2026-03-01T12:00:00.000000Z",
        "ended_at": "2026-03-01T13:00:00.000000Z",
    }


def test_what_is_not_said_is_left_out_so_that_columns_to_come_change_no_id() -> None:
    without, empty = read("changes", json_lines(CHANGE, CHANGE | {"service": "", "description": None, "unknown": 1}), "jsonl")
    assert "service" not in said(without)
    assert said(without) == said(empty)


def test_same_change_says_the_same_in_every_form() -> None:
    text = CHANGE | {"scope": json.dumps(CHANGE["scope"])}
    whole = {name: [value] for name, value in CHANGE.items()}
    scopes = pa.array([{"region": ["us", "eu"], "tier": None}])
    files = [
        ("jsonl", json_lines(CHANGE)),
        ("csv", csv_bytes(tuple(text), tuple(text.values()))),
        ("parquet", parquet_bytes(whole | {"scope": [text["scope"]]})),
        ("parquet", parquet_bytes(whole | {"scope": scopes})),
    ]
    ids = {row.statement_id for form, data in files for row in read("changes", data, form) if said(row)}  # type: ignore[union-attr]
    assert len(ids) == 1


@pytest.mark.parametrize("given", [{}, "{}", {"tier": None}])
def test_scope_of_nothing_is_everybody(given: object) -> None:
    assert scope({"scope": given}) == {}


def test_scope_may_name_every_dimension_and_repeats_no_value() -> None:
    assert scope({"scope": {name: ["b", "a", "b"] for name in SCOPE_DIMENSIONS}}) == {name: ["a", "b"] for name in SCOPE_DIMENSIONS}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (None, QuarantineReason.MISSING_REQUIRED_VALUE),
        (" ", QuarantineReason.MISSING_REQUIRED_VALUE),
        (["eu"], QuarantineReason.MALFORMED_ROW),
        ("eu", QuarantineReason.MALFORMED_ROW),
        (True, QuarantineReason.MALFORMED_ROW),
        ({"mood": ["bad"]}, QuarantineReason.UNKNOWN_VALUE),
        ({"product": ["Acme"]}, QuarantineReason.UNKNOWN_VALUE),
        ({"region": "eu"}, QuarantineReason.MALFORMED_ROW),
        ({"region": []}, QuarantineReason.MALFORMED_ROW),
        ({"region": [["eu"]]}, QuarantineReason.MALFORMED_ROW),
        ({"region": [""]}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"region": ["a\nb"]}, QuarantineReason.MALFORMED_ROW),
        ("[" * 20_000, QuarantineReason.MALFORMED_ROW),
    ],
    ids=lambda value: str(value)[:30],
)
def test_scope_that_can_not_be_understood_refuses_its_row(given: object, reason: QuarantineReason) -> None:
    with pytest.raises(RowRefused) as caught:
        scope({"scope": given})
    assert caught.value.problem.reason is reason
    assert "eu" not in caught.value.problem.detail


def test_rejected_row_keeps_its_bytes_and_its_number() -> None:
    data = json_lines(CHANGE, CHANGE | {"change_kind": "magic"})
    row = rejected(read("changes", data, "jsonl")[1])
    assert (row.reason, row.source_row_number) == (QuarantineReason.UNKNOWN_VALUE, 2)
    assert row.raw_bytes == data.splitlines(keepends=True)[1]
