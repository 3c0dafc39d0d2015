"""Seeded streams of many numbers at once, one per name: numpy generators for what is measured by the minute.

Here: the counterpart of `streams` for arrays. Messages draw from `streams`, since they need few numbers each and plain Python.
The rule that is easy to break: the seed comes from SHA-256 of the names, never from `hash`, which differs between processes.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np


def number_stream(*names: object) -> np.random.Generator:
    """A generator whose numbers depend on the names alone (a seed is the first of them)."""
    digest = sha256("/".join(str(name) for name in names).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
