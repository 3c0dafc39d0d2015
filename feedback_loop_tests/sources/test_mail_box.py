"""Mail boxes: where a message begins, what it was before it was quoted, and bounded pieces of one that is too long."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.lines import Lines
from feedback_loop.sources.mail_box import Boxed, split_box
from feedback_loop.sources.reading import Reading

MARK = b"From ann@x.example Tue Mar  3 10:00:00 2026\n"
READING = Reading(source="mail", file_name="a.mbox", form="mbox", product="P")


def split(raw: bytes, max_bytes: int = 1000) -> list[Boxed]:
    return list(split_box(Lines(io.BytesIO(raw)), READING, max_bytes))


def test_messages_are_split_at_separators_behind_empty_lines() -> None:
    assert [one.raw for one in split(MARK + b"A: 1\n\none\n\n" + MARK + b"A: 2\n\ntwo\n")] == [b"A: 1\n\none\n", b"A: 2\n\ntwo\n"]


@pytest.mark.parametrize("line", [b"From here on nothing works\n", b"From 10:00 on it was slow\n", MARK.lower()])
def test_a_sentence_that_begins_with_from_is_no_separator(line: bytes) -> None:
    (one,) = split(MARK + b"A: 1\n\n" + line)
    assert one.raw == b"A: 1\n\n" + line


def test_a_separator_in_the_middle_of_a_paragraph_is_none() -> None:
    assert len(split(MARK + b"A: 1\n\ntext\n" + MARK)) == 1


def test_one_quote_mark_is_taken_off() -> None:
    (one,) = split(MARK + b"\n>From me\n>>From you\n> From him\n")
    assert one.raw == b"\nFrom me\n>From you\n> From him\n"


@pytest.mark.parametrize("date", [b"- Tue Mar  3 10:00:00 2026", b"1700@xxx Tue Mar 03 10:00:00 +0000 2026", b"a@b Tue Mar  3 10:00 2026"])
def test_separators_of_several_programs_are_known(date: bytes) -> None:
    assert len(split(b"From " + date + b"\r\nA: 1\r\n\r\nx\r\n\r\nFrom " + date + b"\r\nA: 2\r\n")) == 2


@pytest.mark.parametrize("raw", [b"", b"Subject: a single mail\n\nx", b"From nobody\n"])
def test_a_file_that_begins_with_no_separator_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"\.eml"):
        split(raw)


def test_a_message_that_is_too_long_comes_in_pieces_and_the_next_one_whole() -> None:
    *pieces, last = split(MARK + b"x" * 50 + b"\n" + b"y" * 50 + b"\n\n" + MARK + b"A: 2\n", max_bytes=60)
    assert all(one.is_piece for one in pieces)
    assert b"".join(one.raw for one in pieces).rstrip() == b"x" * 50 + b"\n" + b"y" * 50
    assert last == Boxed(b"A: 2\n", is_piece=False)


@given(st.lists(st.sampled_from([MARK, b"\n", b"A: 1\n", b">From x\n", b"From x\n", b"\xff\0", b"\r\n"]), max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_lines_are_split_without_losing_one(lines: list[bytes]) -> None:
    boxed = split(MARK + b"".join(lines), max_bytes=100)
    assert sum(one.raw.count(b"A: 1") for one in boxed) == b"".join(lines).count(b"A: 1")
