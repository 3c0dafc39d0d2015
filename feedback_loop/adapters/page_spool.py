"""The last page of each pulled source, a file each in the home: fulfils `ports.PageSpool`.

A line of JSON, and below it the page as it came until it has landed: customers' words stay here for seconds, then bronze alone has them.
The rule that is easy to break: page and cursor are one file that is replaced whole, so that a kill leaves both as they were or both as they
are.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from feedback_loop.adapters.whole_files import written_whole
from feedback_loop.contracts.pages import KeptPage
from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import Refused, UnreadableFile


class FilePageSpool:
    """The spool of one source of a home."""

    def __init__(self, folder: Path, source: str) -> None:
        self.source, self.file = source, folder / f"{source}.page"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the source; the kernel frees what a killed process held."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.file.with_suffix(".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refused(f"{self.source} is being pulled by another process. Wait until it is done.") from None
            yield

    def latest(self) -> KeptPage | None:
        """The last page; raises UnreadableFile where somebody changed the file."""
        if not self.file.exists():
            return None
        told, _, content = self.file.read_bytes().partition(b"\n")
        try:
            return _kept(json.loads(told), content)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UnreadableFile(self.file, "is no page that was kept; move it away to pull the source from its beginning") from None

    def keep(self, page: KeptPage) -> None:
        """Replaces the file."""
        told = asdict(page) | {"fetched_at": page.fetched_at.isoformat(), "content": None, "is_landed": page.content is None}
        with written_whole(self.file) as draft:
            draft.touch(mode=0o600)
            draft.write_bytes(json.dumps(told).encode() + b"\n" + (page.content or b""))


def _kept(told: dict[str, Any], content: bytes) -> KeptPage:
    is_landed = told.pop("is_landed")
    report = told.pop("report")
    return KeptPage(
        **told
        | {
            "fetched_at": datetime.fromisoformat(told["fetched_at"]),
            "before": LandingReport(**told["before"]),
            "told_fields": tuple(told["told_fields"]),
            "content": None if is_landed else content,
            "report": None if report is None else LandingReport(**report),
        }
    )
