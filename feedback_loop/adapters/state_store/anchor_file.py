"""The end of the audit chain, kept as one signed JSON line per change in a file of its own, so that a shortened chain is noticed.

What is signed stands in `remediation/anchors.py`, the key in `adapters/signing_key.py`. The rules that are easy to break: a line is written
after the commit, so it may lag behind by one change after a crash, and must never run ahead; and whether it can be signed is asked before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from feedback_loop.adapters.signing_key import SigningKey
from feedback_loop.config import Settings
from feedback_loop.contracts.audit_trail import Anchor
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.errors import SigningKeyLost
from feedback_loop.ports import Clock
from feedback_loop.remediation.anchors import newest_of, signed

_TAIL_BYTES = 65_536
"""So much of the end of the file holds the last signed line, whatever else was written after it."""


def open_anchor(settings: Settings, clock: Clock) -> AnchorFile:
    """The anchors of the home, signed by its key."""
    return AnchorFile(settings.anchor_file, SigningKey(settings.signing_key_file), clock.now)


class AnchorFile:
    """Appends to the file; a line that a crash cut off is passed over. Without a key lines go unsigned."""

    def __init__(self, path: Path, key: SigningKey | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path, self._key, self._now = path, key, now
        self._is_prepared = False

    def prepare(self) -> None:
        """Raises SigningKeyLost where the lines so far were signed by another key than there is now; a first key is made."""
        if self._key is None or self._is_prepared:
            return
        last = next((anchor for anchor in reversed(self._end()) if anchor.key_id is not None), None)
        if last is not None and (not self._key.exists() or self._key.key_id != last.key_id):
            raise SigningKeyLost(self._key.file, str(last.key_id))
        self._key.public()
        self._is_prepared = True

    def write(self, anchor: Anchor) -> None:
        """Afterwards the anchor is on the disk, signed."""
        known = anchor if self._key is None else signed(anchor, self._now(), self._key)
        content = {name: value for name, value in vars(known).items() if value is not None}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            # Otherwise a line that a crash cut off would swallow this one.
            file.write((b"" if _ends_a_line(file.fileno()) else b"\n") + json.dumps(content).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def latest(self) -> Anchor | None:
        """The anchor with the highest sequence; None where there is none."""
        return newest_of(self.all())

    def all(self) -> list[Anchor]:
        """Every anchor that can be read, in the order of their lines."""
        return parsed_anchors(self._path.read_bytes()) if self._path.exists() else []

    def verifying_key(self) -> VerifyingKey | None:
        """The public half of the key; None where there is none yet."""
        return None if self._key is None else self._key.known_public()

    def _end(self) -> list[Anchor]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - _TAIL_BYTES))
            return parsed_anchors(file.read())


def parsed_anchors(content: bytes) -> list[Anchor]:
    """The anchors of the lines, without those that can't be read."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    return [anchor for line in lines if (anchor := _parsed(line)) is not None]


def _ends_a_line(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def _parsed(line: str) -> Anchor | None:
    try:
        content = json.loads(line)
        of_signature = (None if content.get(name) is None else str(content[name]) for name in ("signed_at", "key_id", "signature"))
        return Anchor(int(content["sequence"]), str(content["record_hash"]), *of_signature)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
