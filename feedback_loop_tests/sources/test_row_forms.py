"""One row is the same row in every form of file."""

from __future__ import annotations

import pytest

from feedback_loop_tests.sources.rows import csv_bytes, json_lines, read, record
from feedback_loop_tests.sources.test_parquet import parquet_bytes

ROW = {"source_record_id": "a", "channel": "ticket", "product": "Acme", "occurred_at": "2026-03-01T12:00:00Z", "browser": "Safari 18"}
FILES = {
    "csv": csv_bytes(tuple(ROW), tuple(ROW.values())),
    "jsonl": json_lines(ROW),
    "parquet": parquet_bytes({n: [v] for n, v in ROW.items()}),
}


@pytest.mark.parametrize("form", FILES)
def test_record_is_the_same_in_every_form(form: str) -> None:
    found = record(read("records", FILES[form], form, product="")[0])
    assert found.record_version_id == record(read("records", FILES["csv"], "csv", product="")[0]).record_version_id
    assert found.browser == "Safari 18"
