"""A hand-written embedder: no weights, yet texts that share words lie near each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from feedback_loop.ports import Vectors


class WordHashEmbedder:
    """Each text becomes the direction of its hashed words; the same text always the same vector."""

    model_version = "fake-words-1"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 64], rows of unit length."""
        return np.stack([self._one(text) for text in texts]) if texts else np.zeros((0, self.dimension), np.float32)

    def _one(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        vector[0] = 0.1
        for word in re.findall(r"\w+", text.casefold()):
            vector[crc32(word.encode()) % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
