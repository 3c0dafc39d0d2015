"""Limits of Parquet files: small files that would unpack to more than a machine holds are refused in one line."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import parquet_limits
from feedback_loop.sources.parquet_limits import Unpacked, open_bounded, rows_at_once
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading
from feedback_loop.sources.registry import source_named
from feedback_loop_tests.sources.rows import measured, read, refusals, rejected
from feedback_loop_tests.sources.test_measurements import GOOD
from feedback_loop_tests.sources.test_parquet import REQUIRED, parquet_bytes

READING = Reading(source="records", file_name="f.parquet", form="parquet")


def _one_value(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int8()), [value])


def _repeated(count: int, columns: dict[str, list[str]], **changed: pa.Array) -> bytes:
    return parquet_bytes({name: _one_value(str(values[0]), count) for name, values in columns.items()} | changed)


def _refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read("records", data, "parquet", product="")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_long_value_that_a_thousand_rows_share_is_held_once() -> None:
    data = _repeated(1000, REQUIRED, text=_one_value("x" * 2 * MAX_ROW_BYTES, 1000))
    before = pa.total_allocated_bytes()
    rows = source_named("records").read(io.BytesIO(data), READING)
    assert {rejected(next(rows)).reason for _ in range(3)} == {QuarantineReason.ROW_TOO_LARGE}
    assert pa.total_allocated_bytes() - before < 100 * MAX_ROW_BYTES


def test_value_that_alone_would_fill_the_memory_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "MAX_LINE_BYTES", 1000)
    assert "which is no feedback" in _refusal(parquet_bytes(REQUIRED | {"text": ["x" * 1001, "y"]}))


def test_long_value_of_a_measurement_refuses_its_rows_for_its_length() -> None:
    columns = {name: [str(value)] for name, value in GOOD.items()}
    rows = read("telemetry", _repeated(3, columns, service=_one_value("w" * 5000, 3)), "parquet")
    assert [row.reason for row in refusals(rows)] == [QuarantineReason.VALUE_OUT_OF_RANGE] * 3
    assert measured(read("telemetry", _repeated(3, columns), "parquet")).height == 3


def test_more_columns_than_a_header_may_have_are_refused() -> None:
    assert "more than 512 columns" in _refusal(parquet_bytes({f"c{n}": [1] for n in range(600)}))


def test_more_rows_than_bytes_could_tell_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "_PLENTY_ROWS", 0)
    monkeypatch.setattr(parquet_limits, "_MAX_ROWS_PER_BYTE", 1)
    assert "rows a byte" in _refusal(_repeated(100_000, REQUIRED))


def test_column_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "MAX_CHUNK_BYTES", 1000)
    assert "fewer rows a row group" in _refusal(parquet_bytes(REQUIRED | {"text": ["x" * 2000, "y" * 2000]}))


def test_list_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "MAX_NESTED_VALUES", 100)
    assert "column of lists" in _refusal(parquet_bytes(REQUIRED | {"extra": [[0] * 200, []]}))


def test_index_that_is_too_long_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "MAX_INDEX_BYTES", 100)
    assert "index is larger" in _refusal(parquet_bytes(REQUIRED))


def test_rows_out_of_all_proportion_to_the_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_limits, "_PLENTY_BYTES", 1000)
    assert "times its size" in _refusal(_repeated(20_000, REQUIRED, text=_one_value("x" * 1000, 20_000)))
    unpacked = Unpacked(io.BytesIO(b"12345"), READING)
    unpacked.add(1000)
    with pytest.raises(UnreadableFile):
        unpacked.add(1)


def test_long_rows_are_read_a_few_at_a_time() -> None:
    short = open_bounded(io.BytesIO(parquet_bytes(REQUIRED)), READING)
    long = io.BytesIO()
    pq.write_table(pa.table({"text": [f"{n}" + "x" * 1_000_000 for n in range(100)]}), long)
    assert rows_at_once(short, 1000) == 1000
    assert 50 <= rows_at_once(open_bounded(long, READING), 1000) <= 70


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\xff" * 8 + b"PAR1", b"x" * 100, b"PAR1\x00\x00\x00\x00PAR1"])
def test_file_that_is_no_parquet_is_refused_in_one_line(data: bytes) -> None:
    assert _refusal(data)
