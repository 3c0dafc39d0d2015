"""The sources by name: which reader, which files, and whether the user has to name the product.

A new source is one reader and one entry here; the command line, the inbox and the retry of quarantined rows follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from feedback_loop.errors import UnknownChoice, UnreadableFile
from feedback_loop.sources.google_play import read_google_play
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.records import read_records
from feedback_loop.sources.releases import read_releases

Reader = Callable[[BinaryIO, Reading], Iterator[Row]]

_FORMS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


@dataclass(frozen=True)
class Source:
    """One source: `needs_product` where its rows don't name the product themselves."""

    name: str
    read: Reader
    needs_product: bool
    suffixes: tuple[str, ...] = (".csv",)

    def form_of(self, path: Path) -> str:
        """The form of the file, by its suffix; a source of one form reads a file whatever its suffix."""
        if len(self.suffixes) == 1:
            return _FORMS[self.suffixes[0]]
        if path.suffix.lower() not in self.suffixes:
            raise UnreadableFile(path, f"{self.name} are read from {', '.join(self.suffixes)} files; unpack or rename it")
        return _FORMS[path.suffix.lower()]


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("google_play", read_google_play, needs_product=True),
        Source("records", read_records, needs_product=False, suffixes=(".jsonl", ".ndjson", ".csv", ".parquet")),
        Source("releases", read_releases, needs_product=True),
    )
}


def source_named(name: str) -> Source:
    """The source of that name, with hyphens or underscores."""
    source = SOURCES.get(name.replace("-", "_"))
    if source is None:
        raise UnknownChoice("source", name, sorted(SOURCES))
    return source
