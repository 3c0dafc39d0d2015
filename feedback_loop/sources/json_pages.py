"""The rows of a JSON document, as the programming interfaces of vendors answer: a list, or an object that holds one under a known name.

Each row is kept byte for byte as it stood in the page, so that one which is refused can be read again alone; the page around it (its count,
the address of the next) means nothing here. JSON lines of such rows are read as well. The rule that is easy to break: a page that can't be
read as a whole, or that lacks its list, refuses the file before a row of it is given, because a changed page is no empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO

import msgspec

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.csv_table import Made
from feedback_loop.sources.json_lines import parsed_object, read_json_lines
from feedback_loop.sources.lines import BOM, refuse_other_formats
from feedback_loop.sources.reading import Reading, RowRefused

MAX_PAGE_BYTES = 64 * 1024 * 1024
"""A longer document is no page; vendors answer with some megabytes at most."""

ROW_FORM = "jsonl"
"""The form of one row alone, as quarantine keeps it."""

BuildMany = Callable[[Mapping[str, object], str, int, Reading], Iterable[Made]]
"""Makes the records of a row's values, its payload and its number, all or none; raises RowRefused."""

Join = Callable[[Mapping[str, msgspec.Raw], list[bytes], str, Reading], list[bytes]]
"""Rows that can be understood without their page, of the page, the rows of its list and the list's name; raises UnreadableFile."""


def read_json_pages(
    stream: BinaryIO,
    reading: Reading,
    lists: tuple[str, ...],
    build: BuildMany[Made],
    join: Join | None = None,
    empty_has: frozenset[str] | None = None,
) -> Iterator[Made | RejectedRow]:
    """What is made of each row of the first of the lists that the page has, or the rejected row, in order.

    A page that has none of them is an empty one where the vendor leaves empty lists out (`empty_has`) and nothing stands in it but those
    fields. Raises UnreadableFile where the document is no such page.
    """
    is_row_alone = reading.columns is not None
    if reading.form == ROW_FORM and not is_row_alone:
        for made in read_json_lines(stream, reading, lambda *row: list(build(*row))):
            yield from made if isinstance(made, list) else (made,)
        return
    told = reading.over_rows(form=ROW_FORM)
    # A row alone may have line ends within, as it had in its page.
    rows = [stream.read()] if is_row_alone else _rows(stream, reading, lists, join, empty_has)
    for number, raw in enumerate(rows, 1):
        try:
            payload, values = parsed_object(raw)
            yield from list(build(values, payload, number, told))
        except RowRefused as refusal:
            yield told.rejected(refusal.problem, raw, number)


def _rows(stream: BinaryIO, reading: Reading, lists: tuple[str, ...], join: Join | None, empty_has: frozenset[str] | None) -> list[bytes]:
    page = stream.read(MAX_PAGE_BYTES + 1)
    refuse_other_formats(page, reading)
    if len(page) > MAX_PAGE_BYTES:
        raise UnreadableFile(reading.path, f"it is longer than {MAX_PAGE_BYTES} bytes; split it into pages")
    page = page.removeprefix(BOM).strip()
    try:
        if page.startswith(b"["):
            return _items(page)
        named = msgspec.json.decode(page, type=dict[str, msgspec.Raw])
        name = next((name for name in lists if name in named), None)
        if name is None and empty_has is not None and named.keys() <= empty_has:
            return []
        rows = None if name is None else _items(named[name])
    except (msgspec.DecodeError, RecursionError):
        raise UnreadableFile(reading.path, f"it is no JSON page of {reading.source}; export it again") from None
    if name is None or rows is None:
        raise UnreadableFile(reading.path, f"it holds no list named {' or '.join(lists)}; is it a page of {reading.source}?")
    return join(named, rows, name, reading) if join else rows


def _items(rows: bytes | msgspec.Raw) -> list[bytes]:
    return [bytes(row) for row in msgspec.json.decode(rows, type=list[msgspec.Raw])]
