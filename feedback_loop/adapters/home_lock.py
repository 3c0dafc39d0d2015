"""The lock of a whole home: whoever computes or decides in it works beside others, whoever erases works alone.

A run reads tables, computes for minutes and writes: what it had read before an erasure it would bring back after it. Here: the two ways
of holding the lock, by files in the home's folder of locks, so that the kernel frees what a killed process held. The rule that is easy to
break: who wants to be alone closes the gate first, so that a stream of short runs can't keep it waiting for ever; and a process that
holds the lock already never waits at the gate, because the one behind it waits for that very process.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from feedback_loop.errors import ErasureUnfinished

UNFINISHED = "unfinished.json"
"""In the folder of erasures while one is under way, and after one that was killed."""

_GATE, _WORK = ".home.gate", ".home.lock"

_mutex = threading.Lock()
_held: dict[Path, tuple[int, IO[str]]] = {}


@contextmanager
def at_work(home: Path) -> Iterator[None]:
    """Holds the home beside others; raises ErasureUnfinished where an erasure was killed half-way. A home without tables yet is free."""
    if not (home / "locks").is_dir():
        yield
        return
    _enter(home)
    try:
        if (home / "erasures" / UNFINISHED).exists():
            raise ErasureUnfinished
        yield
    finally:
        _leave(home)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Holds the home with nobody beside; waits for those who are at work, while new ones wait at the gate."""
    locks = home / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / _GATE).open("w") as gate, (locks / _WORK).open("w") as work:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(work, fcntl.LOCK_EX)
        yield


def _enter(home: Path) -> None:
    with _mutex:
        count, handle = _held.get(home, (0, None))
        if handle is None:
            handle = _shared(home / "locks")
        _held[home] = (count + 1, handle)


def _shared(locks: Path) -> IO[str]:
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / _GATE).open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_SH)
        handle = (locks / _WORK).open("w")
        fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def _leave(home: Path) -> None:
    with _mutex:
        count, handle = _held.pop(home)
        if count > 1:
            _held[home] = (count - 1, handle)
        else:
            handle.close()
