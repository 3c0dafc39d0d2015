"""The footer of a Parquet file: the same figures as Arrow's, and never more than the bytes tell."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.sources.parquet_footer import Chunk, read_footer

_REFUSALS = "no Parquet footer|nested too deep|no kind|bytes that are left|without an end|cut off"


def _file(rows: int = 10, group: int = 4) -> tuple[bytes, pq.FileMetaData]:
    page = io.BytesIO()
    table = pa.table({"a": range(rows), "text": ["x"] * rows, "items": [[1, 2, 3]] * rows, "flag": [True] * rows})
    pq.write_table(table.replace_schema_metadata({"note": "n" * 300}), page, row_group_size=group)
    data = page.getvalue()
    length = int.from_bytes(data[-8:-4], "little")
    return data[-8 - length : -8], pq.ParquetFile(page).metadata


def test_figures_are_those_that_arrow_tells() -> None:
    data, metadata = _file()
    footer = read_footer(data)
    told = [
        Chunk(metadata.row_group(g).num_rows, chunk.num_values, chunk.total_uncompressed_size)
        for g in range(metadata.num_row_groups)
        for chunk in (metadata.row_group(g).column(c) for c in range(metadata.num_columns))
    ]
    assert footer.row_count == 10
    assert list(footer.chunks) == told
    assert max(chunk.value_count for chunk in footer.chunks) == 12


@given(st.binary(max_size=60))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=_REFUSALS):
        read_footer(data)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_footer_is_read_or_refused(at: int, byte: int) -> None:
    data = bytearray(_GOOD)
    data[at % len(data)] = byte
    try:
        read_footer(bytes(data))
    except ValueError:
        return


@pytest.mark.parametrize("data", [b"\x1c" * 500, b"\x19\xfc\xff\xff\xff\xff\x0f", b"\x15" + b"\xff" * 40, b"\x18\xff\xff\xff\xff\x07"])
def test_lengths_and_depths_beyond_the_bytes_are_refused_at_once(data: bytes) -> None:
    with pytest.raises(ValueError, match=_REFUSALS):
        read_footer(data)


_GOOD, _ = _file()
