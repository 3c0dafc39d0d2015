"""Each column of logs, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.records import MeasuredRows
from feedback_loop_tests.sources.rows import json_lines, read, refusals

LINE: dict[str, Any] = {"product": "Acme", "service": "web", "minute": "2026-03-01T12:00:00Z", "error": "PaymentTimeout: 504", "lines": 3}


def test_columns_of_the_file_become_those_of_the_table() -> None:
    [rows] = read("logs", json_lines(LINE | {"region": "eu"}), "jsonl")
    assert isinstance(rows, MeasuredRows)
    assert rows.table == "context_log"
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert rows.frame.rows() == [("Acme", "web", "", "eu", at, "PaymentTimeout: 504", 3, at.date())]


@pytest.mark.parametrize("changed", [{"error": ""}, {"lines": -1}, {"lines": None}, {"minute": "2026-03-01T12:00:01Z"}], ids=str)
def test_row_that_can_not_be_is_refused(changed: dict[str, object]) -> None:
    assert len(refusals(read("logs", json_lines(LINE | changed), "jsonl"))) == 1
