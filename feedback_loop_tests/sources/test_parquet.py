import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import parquet
from feedback_loop_tests.sources.rows import read, record, rejected

REQUIRED = {"source_record_id": ["a", "b"], "channel": ["chat", "chat"], "product": ["P", "P"], "occurred_at": ["2026-03-01", "2026-03-02"]}


def parquet_bytes(columns: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), out)
    return out.getvalue()


def rows(**changed: Any):  # type: ignore[no-untyped-def]
    return read("records", parquet_bytes(REQUIRED | changed), "parquet", product="")


@pytest.mark.parametrize(
    "instants",
    [
        pa.array([datetime(2026, 3, 1, 12), datetime(2026, 3, 2)], pa.timestamp("ns")),  # noqa: DTZ001 - a naive instant is the case
        pa.array([datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)], pa.timestamp("ms", tz="Asia/Tokyo")),
        pa.array(["2026-03-01T12:00:00Z", "2026-03-02"]).dictionary_encode(),
        pa.array([b"2026-03-01T12:00:00Z", b"2026-03-02"]),
    ],
)
def test_instants_of_any_column_type_are_read_in_utc(instants: pa.Array) -> None:
    assert record(rows(occurred_at=instants)[0]).occurred_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_days_are_instants() -> None:
    days = pa.array([date(2026, 3, 1), date(2026, 3, 2)])
    assert record(rows(occurred_at=days)[1]).occurred_at == datetime(2026, 3, 2, tzinfo=UTC)


def test_one_absurd_instant_rejects_its_row_alone() -> None:
    instants = pa.array([2**62, 1_772_366_400_000_000]).cast(pa.timestamp("us"))
    bad, good = rows(occurred_at=instants)
    assert rejected(bad).reason is QuarantineReason.UNREADABLE_DATE
    assert record(good).occurred_at.year == 2026


def test_instant_beyond_microseconds_costs_no_other_row() -> None:
    found = rows(occurred_at=pa.array([2**62, 1_772_366_400_000]).cast(pa.timestamp("ms")))
    assert rejected(found[0]).source_row_number == 1
    assert record(found[1]).occurred_at.year == 2026


def test_text_that_is_no_utf8_rejects_its_row_alone_and_keeps_its_bytes() -> None:
    texts = pa.array([b"fine", b"br\xffken"])
    good, bad = rows(text=pa.Array.from_buffers(pa.string(), 2, texts.buffers()))
    assert record(good).text == "fine"
    assert rejected(bad).reason is QuarantineReason.BROKEN_ENCODING
    kept = json.loads(rejected(bad).raw_bytes)["text"]
    assert kept.encode("utf-8", "surrogateescape") == b"br\xffken"


def test_payload_is_canonical_json_of_the_row() -> None:
    nested = {"tags": [["x"], None], "price": [Decimal("1.10"), None], "score": [float("nan"), 1.5], "flag": [True, None]}
    found = json.loads(record(rows(**nested)[0]).raw_payload)
    assert (found["tags"], found["price"], found["score"], found["flag"]) == (["x"], "1.10", None, True)
    assert list(found) == sorted(found)


def test_rejected_row_is_kept_as_json_that_is_read_again_as_json_lines() -> None:
    row = rejected(rows(channel=["fax", "chat"])[0])
    assert json.loads(row.raw_bytes)["channel"] == "fax"
    assert json.loads(row.reader_options)["form"] == "jsonl"


def test_row_above_the_limit_is_rejected_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_ROW_BYTES", 500)
    bad, good = rows(text=["x" * 500, "fine"])
    assert rejected(bad).reason is QuarantineReason.ROW_TOO_LARGE
    assert b"x" * 500 in rejected(bad).raw_bytes
    assert record(good).text == "fine"


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 40 + b"PAR1", b"no parquet at all"])
def test_file_that_is_no_parquet_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read("records", data, "parquet", product="")
    assert "\n" not in str(raised.value)


def test_column_name_that_occurs_twice_is_refused() -> None:
    table = pa.table([pa.array(["x"])] * 5, names=[*REQUIRED, "product"])
    out = io.BytesIO()
    pq.write_table(table, out)
    with pytest.raises(UnreadableFile, match="twice"):
        read("records", out.getvalue(), "parquet", product="")
