"""A JSON document that is one row by itself, as webhooks and single events are kept, read as a page of one row.

The rule that is easy to break: only an object that bears the marks of a row becomes one; any other object is left to `json_pages`, which
refuses a page without its list.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import msgspec

from feedback_loop.sources.json_pages import MAX_PAGE_BYTES
from feedback_loop.sources.lines import BOM
from feedback_loop.sources.reading import Reading


def with_row_listed(stream: BinaryIO, reading: Reading, marks: frozenset[str]) -> BinaryIO:
    """The stream, or where it holds one object with one of the names, a list of that object."""
    if reading.form != "page":
        return stream
    page = stream.read(MAX_PAGE_BYTES + 1)
    return io.BytesIO(b"[" + page.removeprefix(BOM) + b"]" if _is_row(page, marks) else page)


def _is_row(page: bytes, marks: frozenset[str]) -> bool:
    try:
        names = msgspec.json.decode(page.removeprefix(BOM), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return False
    return not marks.isdisjoint(names)
