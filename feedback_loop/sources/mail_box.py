"""The messages of an mbox file, one after the other in bounded memory.

Read is mboxrd (https://www.loc.gov/preservation/digital/formats/fdd/fdd000385.shtml, RFC 4155 for the separator): a message begins behind
a line `From address date` that follows an empty line or begins the file, and one mark is taken off `>From `, `>>From `. What a message
says is `mail`'s business. The rule that is easy to break: `From here on nothing works` within a mail is no separator, so a separator has a
date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.lines import BOM, Lines, without_end
from feedback_loop.sources.reading import Reading

_SEPARATOR = re.compile(rb"From [^\r\n]{1,400}?[ \d]\d:\d\d(?::\d\d)?[^\r\n]{0,40}\b\d{4}\b")
_QUOTED = re.compile(rb">{1,100}From ")
_MAX_SEPARATOR_BYTES = 600


class Boxed(NamedTuple):
    """A message without its separator, its quoted lines as they were sent; or a piece of one that is too long."""

    raw: bytes
    is_piece: bool


def split_box(lines: Lines, reading: Reading, max_bytes: int) -> Iterator[Boxed]:
    """Each message in order; raises UnreadableFile where the file does not begin with one."""
    while lines.peek() and not without_end(lines.peek().removeprefix(BOM)):
        lines.take()
    if not _is_separator(lines.peek().removeprefix(BOM)):
        raise UnreadableFile(reading.path, "it does not begin with a line `From address date`; a single mail has the suffix .eml")
    while lines.peek():
        lines.take()
        yield from _message(lines, max_bytes)


def _message(lines: Lines, max_bytes: int) -> Iterator[Boxed]:
    """The message up to the next separator, which is left; in pieces where it is too long."""
    parts: list[bytes] = []
    size, is_piece, is_start, after_blank = 0, False, True, False
    while (line := lines.peek()) and not (is_start and after_blank and _is_separator(line)):
        lines.take()
        parts.append(line[1:] if is_start and _QUOTED.match(line) else line)
        size += len(line)
        is_start, after_blank = line.endswith(b"\n"), is_start and not without_end(line)
        if size > max_bytes:
            yield Boxed(b"".join(parts), is_piece=True)
            parts, size, is_piece = [], 0, True
    if lines.peek() and parts:
        parts.pop()  # the empty line before a separator belongs to it
    if parts or not is_piece:
        yield Boxed(b"".join(parts), is_piece)


def _is_separator(line: bytes) -> bool:
    return line.startswith(b"From ") and _SEPARATOR.match(line[:_MAX_SEPARATOR_BYTES]) is not None
