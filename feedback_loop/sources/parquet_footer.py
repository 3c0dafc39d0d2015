"""What a Parquet file says of its columns and row groups, read from its last bytes (Thrift, compact protocol) and nothing more.

Here: the figures that limits are about. Arrow reads the same bytes, but ends the whole process where a damaged file contradicts itself in
them (pyarrow 26, a histogram of the wrong length), and tells its figures column by column only then. Limits are `parquet_limits`' affair.
The rule that is easy to break: a length that the bytes tell is never believed beyond the bytes that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

_MAX_DEPTH = 24
_WHOLE, _BINARY = (4, 5, 6), 8
_FIXED_BYTES = {3: 1, 7: 8}
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_CHUNKS, _CHUNK_DATA, _VALUES, _UNPACKED = 1, 3, 5, 6

Fields = dict[int, Any]


class Chunk(NamedTuple):
    """One column of one row group."""

    row_count: int
    value_count: int
    unpacked_bytes: int


class Footer(NamedTuple):
    """The figures of a file; `column_count` counts groups of columns, too."""

    row_count: int
    column_count: int
    chunks: tuple[Chunk, ...]


def read_footer(data: bytes) -> Footer:
    """The figures; raises ValueError where the bytes are no such footer."""
    told = _Reader(data).fields(0)
    try:
        return Footer(int(told[_ROWS]), len(told[_SCHEMA]), tuple(_chunks(told[_GROUPS])))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("no Parquet footer") from error


def _chunks(groups: list[Fields]) -> Iterator[Chunk]:
    for group in groups:
        for column in group[_CHUNKS]:
            data = column[_CHUNK_DATA]
            yield Chunk(int(group[_ROWS]), int(data[_VALUES]), int(data[_UNPACKED]))


class _Reader:
    """Reads one value after the other; whatever a field means, it is read, for the next one begins behind it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def fields(self, depth: int) -> Fields:
        """A struct by the numbers of its fields."""
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deep")
        found: Fields = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._whole()
            kind = head & 15
            found[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _WHOLE:
            return self._whole()
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in _FIXED_BYTES:
            return self._bytes(_FIXED_BYTES[kind])
        if kind in (9, 10):
            return self._list(depth + 1)
        if kind == 12:
            return self.fields(depth + 1)
        raise ValueError(f"no kind {kind}")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if depth > _MAX_DEPTH or count > len(self._data) - self._at:
            raise ValueError("longer than the bytes that are left")
        kind = head & 15
        return [self._byte() == 1 if kind in (1, 2) else self._value(kind, depth) for _ in range(count)]

    def _whole(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value, shift = value | (byte & 0x7F) << shift, shift + 7
            if shift > 63:
                raise ValueError("a number without an end")
        return value | byte << shift

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count
        if self._at > len(self._data):
            raise ValueError("cut off")
        return self._data[start : self._at]
