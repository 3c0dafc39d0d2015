"""The end of the audit chain, kept as one JSON line per change in a file of its own, so that a shortened chain is noticed.

The rule that is easy to break: it is written after the commit, so it may lag behind by one change after a crash, and must never run ahead.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from feedback_loop.contracts.audit_trail import Anchor


class AnchorFile:
    """Appends to the file; a line that a crash cut off is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, anchor: Anchor) -> None:
        """Afterwards the anchor is on the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"sequence": anchor.sequence, "record_hash": anchor.record_hash}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def latest(self) -> Anchor | None:
        """The anchor with the highest sequence; None where there is none."""
        return max(self.all(), key=lambda anchor: anchor.sequence, default=None)

    def all(self) -> list[Anchor]:
        """Every anchor that can be read, in the order of their lines."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [anchor for line in lines if (anchor := _parsed(line)) is not None]


def _parsed(line: str) -> Anchor | None:
    try:
        content = json.loads(line)
        return Anchor(int(content["sequence"]), str(content["record_hash"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
