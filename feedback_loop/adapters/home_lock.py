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

from feedback_loop.config import Settings
from feedback_loop.errors import ErasureUnfinished

_GATE, _WORK = ".home.gate", ".home.lock"

_mutex = threading.Lock()
_held: dict[Path, tuple[int, IO[str] | None]] = {}
"""How many of this process are at work in a home, and the lock by which they hold it; none before it has tables."""


@contextmanager
def at_work(settings: Settings) -> Iterator[None]:
    """Holds the home beside others; raises ErasureUnfinished where an erasure was killed half-way.

    A home without tables yet has nothing to hold, and nothing is made in it: it is held as soon as a table is touched (`hold`).
    """
    locks = settings.locks_folder
    _come(locks)
    try:
        if locks.is_dir():
            hold(settings)
        yield
    finally:
        _leave(locks)


def hold(settings: Settings) -> None:
    """Afterwards those of this process who are at work hold the home, also where it had no tables yet when they came.

    Whoever touches a table calls this first. It makes the folder of locks. Raises ErasureUnfinished as `at_work` does.
    """
    locks = settings.locks_folder
    with _mutex:
        count, handle = _held.get(locks, (0, None))
        if not count:
            return
        _held[locks] = (count, handle or _shared(locks))
    if settings.unfinished_erasure_file.exists():
        raise ErasureUnfinished


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Holds the home with nobody beside; waits for those who are at work, while new ones wait at the gate."""
    locks = settings.locks_folder
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / _GATE).open("w") as gate, (locks / _WORK).open("w") as work:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(work, fcntl.LOCK_EX)
        yield


def _come(locks: Path) -> None:
    with _mutex:
        count, handle = _held.get(locks, (0, None))
        _held[locks] = (count + 1, handle)


def _shared(locks: Path) -> IO[str]:
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / _GATE).open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_SH)
        handle = (locks / _WORK).open("w")
        fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def _leave(locks: Path) -> None:
    with _mutex:
        count, handle = _held.pop(locks)
        if count > 1:
            _held[locks] = (count - 1, handle)
        elif handle is not None:
            handle.close()
