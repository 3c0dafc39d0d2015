"""How much a Parquet file may unpack to, so that a small file can't fill the memory, the disk or the day of whoever lands it.

Here: what a file says of itself before any of it is unpacked, and the sum of what its rows become. What rows mean is `parquet`. The rule
that is easy to break: text is read with its distinct values numbered (a dictionary), because a thousand rows of one long value are a
thousand copies of it anywhere else.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.csv_table import MAX_COLUMNS
from feedback_loop.sources.lines import EMPTY, MAX_LINE_BYTES
from feedback_loop.sources.parquet_footer import Footer, read_footer
from feedback_loop.sources.reading import Reading

_MB = 1024 * 1024
MAX_INDEX_BYTES = 8 * _MB
"""Length of what a file says of its columns and parts (the footer)."""

MAX_CHUNK_BYTES = 512 * _MB
"""What one column of one row group may unpack to; a writer that is asked for fewer rows a group stays below."""

MAX_NESTED_VALUES = 16_000_000
"""Values of a column of lists within one row group."""

_BATCH_BYTES = 64 * _MB
_TAIL_BYTES = 8
_PLENTY_BYTES, _PLENTY_ROWS = 1024 * _MB, 1_000_000
_MAX_RATIO, _MAX_ROWS_PER_BYTE = 200, 10


def open_bounded(stream: BinaryIO, reading: Reading) -> pq.ParquetFile:
    """The file, once it is known to be no larger than the limits; raises UnreadableFile, and whatever Arrow makes of damage."""
    size = _size(stream)
    if size == 0:
        raise UnreadableFile(reading.path, EMPTY)
    footer = _footer(stream, size)
    if len(footer) > MAX_INDEX_BYTES:
        raise UnreadableFile(
            reading.path, f"its index is larger than {MAX_INDEX_BYTES // _MB} MB. Write fewer columns or larger row groups"
        )
    problem = _problem(read_footer(footer), size) if footer else None
    if problem:
        raise UnreadableFile(reading.path, problem)
    file = pq.ParquetFile(stream)
    texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    return pq.ParquetFile(stream, metadata=file.metadata, read_dictionary=texts)


def rows_at_once(file: pq.ParquetFile, at_most: int) -> int:
    """How many rows make a batch of bounded size, as many as asked for where they are of usual length."""
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    longest = max((group.total_byte_size / max(1, group.num_rows) for group in groups), default=1.0)
    return max(1, min(at_most, int(_BATCH_BYTES / max(1.0, longest))))


def longest_shared(column: pa.Array) -> int:
    """The bytes of the longest text among the distinct values of a column; 0 where it numbers none."""
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return 0
    return pc.max(pc.binary_length(column.dictionary)).as_py() or 0


def refuse_long_values(batch: pa.RecordBatch, reading: Reading) -> None:
    """Raises UnreadableFile where a value is so long that its row alone would fill the memory, in as many copies as quarantine makes."""
    if any(longest_shared(column) > MAX_LINE_BYTES for column in batch.columns):
        raise UnreadableFile(reading.path, f"it holds a value longer than {MAX_LINE_BYTES // _MB} MB, which is no feedback. Leave it out")


class Unpacked:
    """The sum of what was unpacked of one file; raises UnreadableFile where it is out of all proportion to the file."""

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
        self._left = max(_PLENTY_BYTES, _MAX_RATIO * _size(stream))
        self._reading = reading

    def add(self, count: int) -> None:
        """Counts so many bytes more."""
        self._left -= count
        if self._left < 0:
            raise UnreadableFile(self._reading.path, f"it unpacks to more than {_MAX_RATIO} times its size. Land rows as they were made")


def _size(stream: BinaryIO) -> int:
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(here)
    return size


def _footer(stream: BinaryIO, size: int) -> bytes:
    """The footer, or as much of it as shows that it is too long; empty where the file has none, which Arrow will tell."""
    if size < _TAIL_BYTES:
        return b""
    stream.seek(size - _TAIL_BYTES)
    tail = stream.read(_TAIL_BYTES)
    length = min(int.from_bytes(tail[:4], "little"), MAX_INDEX_BYTES + 1)
    if tail[4:] != b"PAR1" or length + _TAIL_BYTES > size:
        return b""
    stream.seek(size - _TAIL_BYTES - int.from_bytes(tail[:4], "little"))
    return stream.read(length)


def _problem(footer: Footer, size: int) -> str | None:
    if footer.column_count > MAX_COLUMNS:
        return f"it has more than {MAX_COLUMNS} columns. Write only those that are needed"
    if footer.row_count > _PLENTY_ROWS + _MAX_ROWS_PER_BYTE * size:
        return f"it holds more than {_MAX_ROWS_PER_BYTE} rows a byte, which are copies. Land rows as they were made"
    if any(chunk.unpacked_bytes > MAX_CHUNK_BYTES for chunk in footer.chunks):
        return f"a column unpacks to more than {MAX_CHUNK_BYTES // _MB} MB at once. Write it with fewer rows a row group"
    if any(chunk.value_count > max(chunk.row_count, MAX_NESTED_VALUES) for chunk in footer.chunks):
        return f"a column of lists holds more than {MAX_NESTED_VALUES} values at once. Write it with fewer rows a row group"
    return None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
