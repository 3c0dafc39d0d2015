"""Which of the texts before it a text is a copy of, without comparing it with each of them.

Here: candidates by MinHash and bands (Broder 1997; Indyk and Motwani 1998), each then verified by `same_words`. Which texts come before
which, of which customer and in which window, is `silver.deduplicate`. The rule that is easy to break: a signature follows from the words
alone (fixed constants, 64-bit arithmetic), so that it is the same in every process and on every platform.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.repetition.same_words import say_the_same
from feedback_loop.methods.repetition.wording import Wording

SHINGLE = 3
BANDS, ROWS = 32, 3
"""Of two texts that share a fifth of their runs of three signs, one in five is a candidate; of two that share half, 98.6 in 100."""

FEW = 64
"""Texts up to which each is compared with all before it: that is cheaper than signatures, and misses nothing."""

FULL = 8
"""Texts that a bucket takes: the time for a customer who sends one template thousands of times stays in proportion to their number."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_Signs = npt.NDArray[np.uint64]


def _mixed(values: _Signs) -> _Signs:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): every bit depends on every bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


_SALTS = _mixed(np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * _MULTIPLIER)
_FACTORS, _OFFSETS = _SALTS[: BANDS * ROWS] | np.uint64(1), _SALTS[BANDS * ROWS :]


@lru_cache(maxsize=4096)
def bands(words: tuple[str, ...]) -> list[bytes]:
    """The bands of the text's MinHash signature; two texts with one in common are candidates."""
    signs = np.frombuffer(" ".join(words).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    count = max(len(signs) - SHINGLE + 1, 1)
    shingles = np.zeros(count, dtype=np.uint64)
    for start in range(min(SHINGLE, len(signs))):
        shingles = shingles * _MULTIPLIER + signs[start : start + count]
    hashes = np.unique(_mixed(shingles))[:, None] * _FACTORS + _OFFSETS
    signature = (hashes >> np.uint64(32)).astype("<u4").min(axis=0).tobytes()
    width = 4 * ROWS
    return [signature[start : start + width] for start in range(0, BANDS * width, width)]


class Originals:
    """Texts that repeat none before them, in their order: which of them does another text repeat?"""

    def __init__(self) -> None:
        self._wordings: list[Wording] = []
        self._buckets: dict[tuple[tuple[str, ...], bytes], list[int]] = {}

    def first_copied_by(self, text: Wording) -> int | None:
        """The position of the first original that says the same, None where there is none."""
        return next((position for position in self._candidates(text) if say_the_same(self._wordings[position], text)), None)

    def add(self, text: Wording) -> int:
        """The position of the new original."""
        position = len(self._wordings)
        self._wordings.append(text)
        if position == FEW:
            for earlier, wording in enumerate(self._wordings):
                self._file(earlier, wording)
        elif position > FEW:
            self._file(position, text)
        return position

    def _candidates(self, text: Wording) -> Iterable[int]:
        if len(self._wordings) <= FEW:
            return range(len(self._wordings))
        buckets = (self._buckets.get((text.facts, band), ()) for band in bands(text.words))
        return sorted({position for bucket in buckets for position in bucket})

    def _file(self, position: int, text: Wording) -> None:
        for band in bands(text.words):
            bucket = self._buckets.setdefault((text.facts, band), [])
            if len(bucket) < FULL:
                bucket.append(position)
