"""A search that shares no line with that of the package: in which files of a home a string stands, as bytes or compressed in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import polars as pl


def spellings(text: str) -> set[bytes]:
    """The string as UTF-8, as UTF-16, and as JSON and JSON within JSON write it."""
    once = [json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (True, False)]
    twice = [json.dumps(spelt, ensure_ascii=plain)[1:-1] for spelt in once for plain in (True, False)]
    return {*(spelt.encode() for spelt in (text, *once, *twice)), text.encode("utf-16-le"), text.encode("utf-16-be")}


def contents(file: Path) -> Iterator[bytes]:
    """The bytes of the file, and the values of what is compressed in it."""
    data = file.read_bytes()
    yield data
    if data.startswith(b"PAR1") and data.endswith(b"PAR1"):
        frame = pl.read_parquet(file, hive_partitioning=False)
        yield repr(frame.drop(name for name, kind in frame.schema.items() if kind == pl.List(pl.Float32)).rows()).encode("utf-8", "replace")
        yield frame.select(pl.col(pl.String)).write_ndjson().encode()
    elif data[8:12] == b"DUCK":
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"attach '{file}' as searched (read_only)")
            tables = "select schema_name, table_name from duckdb_tables() where database_name = 'searched'"
            for schema, name in connection.execute(tables).fetchall():
                rows = connection.execute(f'select * from searched."{schema}"."{name}"').fetchall()
                yield "\n".join(map(str, (value for row in rows for value in row))).encode("utf-8", "replace")


def files_with(home: Path, strings: Sequence[str], ids: Sequence[str] = ()) -> list[str]:
    """The files in which one of the strings is; an id counts where no digit follows, for customer-1 begins customer-10 too."""
    wanted = {spelt for text in strings for spelt in spellings(text)}
    numbered = {spelt for one in ids for spelt in (one.encode(), one.encode("utf-16-le"))}
    return [
        file.relative_to(home).as_posix()
        for file in sorted(home.rglob("*"))
        if file.is_file() and any(_holds(data, wanted, numbered) for data in contents(file))
    ]


def _holds(data: bytes, wanted: set[bytes], numbered: set[bytes]) -> bool:
    """Whether one of the strings is in it; ids are looked for among the values of a Parquet file, not in its compressed bytes, where the
    beginning of a longer id stands by itself.
    """
    are_ids_whole = not data.startswith(b"PAR1")
    return any(text in data for text in wanted) or (are_ids_whole and any(_ends_there(data, one) for one in numbered))


def _ends_there(data: bytes, one: bytes) -> bool:
    """Whether the id stands anywhere without being the beginning of a longer number."""
    place = data.find(one)
    while place >= 0:
        if not data[place + len(one) : place + len(one) + 1].isdigit():
            return True
        place = data.find(one, place + 1)
    return False
