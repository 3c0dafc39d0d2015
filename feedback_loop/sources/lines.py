"""The physical lines of a binary stream, with a look ahead, in bounded memory; together they are the stream, byte for byte.

A line ends with LF (a CR before it belongs to the end); a lone CR is data, because exporters write it into unquoted text. A line longer
than `MAX_LINE_BYTES` comes in pieces, so that a file without line ends can't fill the memory. What the lines mean is up to the reader.
"""

from __future__ import annotations

from typing import BinaryIO

from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.reading import Reading

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Length of the pieces in which a line without an end comes."""

BOM = b"\xef\xbb\xbf"
EMPTY = "the file is empty; export it again"

_NO_TEXT = {
    b"\x1f\x8b": "gzip-compressed; unpack it first (gunzip)",
    b"PK\x03\x04": "a zip archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"BZh": "bzip2-compressed; unpack it first (bunzip2)",
    b"\xfd7zXZ\x00": "xz-compressed; unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "zstd-compressed; unpack it first (unzstd)",
    b"PAR1": "Parquet, not text; give it the suffix .parquet",
    b"%PDF-": "a PDF, not text; export the data as text instead",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}


class Lines:
    """Physical lines with their ends; `peek` looks ahead, `take` consumes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead: list[bytes] = []
        self._first = 0

    def peek(self, index: int = 0) -> bytes:
        """The line `index` lines ahead; empty after the end."""
        while len(self._ahead) - self._first <= index:
            line = self._stream.readline(MAX_LINE_BYTES)
            if not line:
                return b""
            self._ahead.append(line)
        return self._ahead[self._first + index]

    def take(self, count: int = 1) -> bytes:
        """The next `count` lines as one."""
        line = self.peek(count - 1)
        if count == 1 and len(self._ahead) == 1:
            self._ahead.clear()
            return line
        taken = self._ahead[self._first : self._first + count]
        self._first += len(taken)
        if self._first == len(self._ahead):
            self._ahead.clear()
            self._first = 0
        return b"".join(taken)

    def drop_mark(self) -> None:
        """Takes the byte order mark off the next line; a quote behind it would not stand at the start of its field."""
        if self.peek().startswith(BOM):
            self._ahead[self._first] = self.peek().removeprefix(BOM)


def text_lines(stream: BinaryIO, reading: Reading) -> Lines:
    """The lines of a text file; raises UnreadableFile where the file is empty or plainly something else."""
    lines = Lines(stream)
    if reading.columns is not None:
        return lines
    refuse_other_formats(lines.peek(), reading)
    return lines


def refuse_other_formats(start: bytes, reading: Reading) -> None:
    """Raises UnreadableFile where a file with this beginning is empty or plainly no text."""
    if not start:
        raise UnreadableFile(reading.path, EMPTY)
    for mark, what in _NO_TEXT.items():
        if start.startswith(mark):
            raise UnreadableFile(reading.path, f"this is {what}")


def without_end(line: bytes) -> bytes:
    """The line without its LF or CR LF."""
    if line.endswith(b"\n"):
        return line[: -2 if line.endswith(b"\r\n") else -1]
    return line
