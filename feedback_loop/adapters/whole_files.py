"""Files that are replaced whole: readers, and whoever comes after a kill, find the old content or the new, never a part.

The rule that is easy to break: the content must be on the disk before the name points to it, and the name before anybody relies on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DRAFT = ".draft"
"""The ending of a hidden file that is still being written, or that a kill left."""


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """The draft to write; it takes the file's place, safely on the disk, when the block ends well, and is gone where it fails."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}{DRAFT}")
    draft.unlink(missing_ok=True)
    try:
        yield draft
        _sync(draft)
        os.replace(draft, file)  # noqa: PTH105 (atomic over an existing file, which the word says)
        _sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_all(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """The files of the folder by name, each written whole."""
    for name, content in files.items():
        with written_whole(folder / name) as draft:
            draft.write_bytes(content)
    return [folder / name for name in files]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
