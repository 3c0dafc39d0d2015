"""One event by itself is a page of one row; any other object is left as it is."""

from __future__ import annotations

import io

import pytest

from feedback_loop.sources.one_row_pages import with_row_listed
from feedback_loop.sources.reading import Reading

MARKS = frozenset({"id"})


def listed(data: bytes, form: str = "page") -> bytes:
    return with_row_listed(io.BytesIO(data), Reading(source="s", file_name="f", form=form), MARKS).read()


def test_an_object_with_a_mark_is_listed() -> None:
    assert listed(b' {"id": 1}') == b'[ {"id": 1}]'
    assert listed(b'\xef\xbb\xbf{"id":1}') == b'[{"id":1}]'


@pytest.mark.parametrize("data", [b'{"items":[{"id":1}]}', b'[{"id":1}]', b"", b"{", b'"id"', b"[" * 10_000, b"\xff"])
def test_anything_else_is_left_as_it_is(data: bytes) -> None:
    assert listed(data) == data


def test_lines_are_left_as_they_are() -> None:
    assert listed(b'{"id":1}\n', "jsonl") == b'{"id":1}\n'
