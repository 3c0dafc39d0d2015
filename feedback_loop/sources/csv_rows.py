"""The rows of a CSV file (RFC 4180) on bytes, lossless: the raw bytes of all rows, blank lines included, are the file.

What a row's fields mean is `csv_table`'s business. The rule that is easy to break: a quote that is never closed must not swallow the rows
behind it. A row that goes wrong, or runs over several lines and has the wrong number of columns, is one rejected row, and reading goes
on at the first of the lines it spanned that starts a row with the right number of columns; where none does, behind all of them.
Looking ahead stops as soon as a row has too many columns or bytes, which keeps the effort linear whatever the input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.lines import Lines, without_end
from feedback_loop.sources.reading import MAX_ROW_BYTES, Problem


@dataclass(frozen=True)
class CsvRow:
    """One row; a blank line between rows has neither fields nor a problem and is no row of the source."""

    raw: bytes
    fields: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def is_blank(self) -> bool:
        """Whether it is an empty line that only has to be kept for the sake of its bytes."""
        return self.problem is None and not self.fields


def split_rows(lines: Lines, column_count: int) -> Iterator[CsvRow]:
    """Every row that is left, in order."""
    ends_open = False
    while line := lines.peek():
        if ends_open:
            row = CsvRow(lines.take(), problem=_too_large())
        elif not without_end(line):
            row = CsvRow(lines.take())
        else:
            row = _next_row(lines, column_count)
        ends_open = not row.raw.endswith(b"\n")
        yield row


def take_row(lines: Lines, max_columns: int) -> CsvRow:
    """The next row, whatever the number of its columns up to a limit; used for the header."""
    attempt = _attempt(lines, 0, max_columns)
    return _decoded(lines.take(attempt.line_count), attempt)


def peek_row(lines: Lines, max_columns: int) -> CsvRow:
    """The same, left where it is; used to tell whether one more row belongs to the header."""
    attempt = _attempt(lines, 0, max_columns)
    return _decoded(b"".join(lines.peek(n) for n in range(attempt.line_count)), attempt)


def _next_row(lines: Lines, column_count: int) -> CsvRow:
    attempt = _attempt(lines, 0, column_count)
    if attempt.has(column_count):
        return _decoded(lines.take(attempt.line_count), attempt)
    problem = attempt.problem or Problem(
        QuarantineReason.WRONG_COLUMN_COUNT, f"{len(attempt.fields)} columns instead of the header's {column_count}"
    )
    following = range(1, attempt.line_count)
    count = next((n for n in following if _starts_a_row(lines, n, column_count)), attempt.line_count)
    if count < attempt.line_count:
        problem = Problem(QuarantineReason.MALFORMED_ROW, "a quote is opened and never closed")
    return CsvRow(lines.take(count), problem=problem)


def _starts_a_row(lines: Lines, index: int, column_count: int) -> bool:
    if not without_end(lines.peek(index)):
        return False
    attempt = _attempt(lines, index, column_count)
    return attempt.has(column_count) and attempt.is_strict


@dataclass
class _Attempt:
    """A row in the making: what has been read of it, over how many lines, and what went wrong."""

    fields: list[bytes] = field(default_factory=list)
    line_count: int = 0
    problem: Problem | None = None
    is_strict: bool = True  # no quote within an unquoted field: tolerated in a row, but a sign that a line is the middle of one
    quoted: list[bytes] | None = None  # the parts of a field whose closing quote is still to come

    def has(self, column_count: int) -> bool:
        """Whether it came out as a row with so many columns."""
        return self.problem is None and len(self.fields) == column_count

    def feed(self, line: bytes) -> None:
        """Reads one more line of the row; afterwards the row is complete, open (`quoted`) or has a problem."""
        self.line_count += 1
        body = without_end(line)
        position = 0
        while position <= len(body):
            if self.quoted is not None:
                position = self._within_quotes(self.quoted, line, len(body), position)
            elif body.startswith(b'"', position):
                self.quoted, position = [], position + 1
            else:
                comma = body.find(b",", position)
                end = len(body) if comma < 0 else comma
                self.fields.append(body[position:end])
                self.is_strict &= b'"' not in self.fields[-1]
                position = end + 1
            if self.problem or (self.quoted is not None and position >= len(line)):
                return

    def _within_quotes(self, parts: list[bytes], line: bytes, body_length: int, position: int) -> int:
        quote = line.find(b'"', position)
        parts.append(line[position:] if quote < 0 else line[position:quote])
        if quote < 0:
            return len(line)
        if line.startswith(b'"', quote + 1):
            parts.append(b'"')
            return quote + 2
        if quote + 1 != body_length and not line.startswith(b",", quote + 1):
            self.problem = Problem(QuarantineReason.MALFORMED_ROW, "a closing quote is followed by more than a comma")
        self.fields.append(b"".join(parts))
        self.quoted = None
        return quote + 2


def _attempt(lines: Lines, index: int, column_count: int) -> _Attempt:
    """The row that starts `index` lines ahead, read without consuming it."""
    attempt = _Attempt()
    size = 0
    while line := lines.peek(index + attempt.line_count):
        size += len(line)
        if size > MAX_ROW_BYTES:
            attempt.problem = _too_large()
            attempt.line_count = max(attempt.line_count, 1)
            return attempt
        attempt.feed(line)
        if attempt.problem or attempt.quoted is None:
            return attempt
        if len(attempt.fields) >= column_count:
            attempt.problem = Problem(QuarantineReason.MALFORMED_ROW, "a quoted field runs on beyond the last column")
            return attempt
    attempt.problem = Problem(QuarantineReason.MALFORMED_ROW, "a quote is opened and never closed")
    return attempt


def _decoded(raw: bytes, attempt: _Attempt) -> CsvRow:
    if attempt.problem:
        return CsvRow(raw, problem=attempt.problem)
    try:
        return CsvRow(raw, tuple(f.decode("utf-8") for f in attempt.fields))
    except UnicodeDecodeError as error:
        return CsvRow(
            raw, problem=Problem(QuarantineReason.BROKEN_ENCODING, f"column {_broken_column(attempt)} is not UTF-8 ({error.reason})")
        )


def _broken_column(attempt: _Attempt) -> int:
    return next(n for n, f in enumerate(attempt.fields, 1) if f.decode("utf-8", "replace").encode() != f)


def _too_large() -> Problem:
    return Problem(QuarantineReason.ROW_TOO_LARGE, f"longer than {MAX_ROW_BYTES} bytes")
