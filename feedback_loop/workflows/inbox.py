"""The inbox: files laid out as `<source>/<product>/<file>`, or `<source>/<file>` where rows name their product, landed and put away.

A landed file moves to `.landed/` under the same path. A crash before the move is harmless, because landing is idempotent. A file that
can't be read stays, is reported and stops no other; one that changed while it was read stays too and is landed again next time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import BadInput
from feedback_loop.ports import Clock, TableStore
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows.ingest import NOTHING_READ, Progress, land_file

LANDED_FOLDER = ".landed"


@dataclass
class InboxReport:
    """What became of each file of the inbox, by its path within the inbox."""

    landed: dict[str, LandingReport] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> LandingReport:
        """The sum over all landed files."""
        total = NOTHING_READ
        for report in self.landed.values():
            total = total.plus(report)
        return total


def land_inbox(
    inbox_folder: Path, store: TableStore, clock: Clock, progress: Progress | None = None, *, own_domains: tuple[str, ...] = ()
) -> InboxReport:
    """What became of each waiting file, in the order of their paths."""
    outcome = InboxReport()
    for path in waiting_files(inbox_folder):
        name = path.relative_to(inbox_folder).as_posix()
        try:
            source_name, product = _place(path, inbox_folder)
            land = partial(land_file, source_name, path, product, store, clock, progress, own_domains=own_domains)
            outcome.landed[name] = _land_and_put_away(path, inbox_folder, land)
        except BadInput as error:
            outcome.refused[name] = str(error)
    return outcome


def waiting_files(inbox_folder: Path) -> list[Path]:
    """The files of the inbox, ascending; hidden ones, and those in hidden folders, are not waiting."""
    found = (p for p in inbox_folder.rglob("*") if p.is_file() and not p.is_symlink())
    return sorted(p for p in found if not any(part.startswith(".") for part in p.relative_to(inbox_folder).parts))


def _land_and_put_away(path: Path, inbox_folder: Path, land: Callable[[], LandingReport]) -> LandingReport:
    before = path.stat()
    report = land()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
        _put_away(path, inbox_folder)
    return report


def _place(path: Path, inbox_folder: Path) -> tuple[str, str | None]:
    match path.relative_to(inbox_folder).parts:
        case (source, _) if not source_named(source).needs_product:
            return source, None
        case (source, product, _) if source_named(source).needs_product:
            return source, product
        case _:
            raise BadInput(
                f"{path}: lies in the wrong place. Put it into <source>/<product>/, or into <source>/ if its rows name their product."
            )


def _put_away(path: Path, inbox_folder: Path) -> None:
    target = inbox_folder / LANDED_FOLDER / path.relative_to(inbox_folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        target = target.with_name(f"{target.stem}.{digest[:12]}{target.suffix}")
    os.replace(path, target)  # noqa: PTH105 - atomic on every platform, which Path.rename is not
