"""Made-up rows around topics whose directions are at right angles."""

from __future__ import annotations

import numpy as np

from feedback_loop.methods.grouping.rows import Labels, Vectors, unit


def scattered(topics: int, each: int, dimension: int = 48, noise: float = 0.12, seed: int = 5) -> tuple[Vectors, Labels]:
    """Rows of unit length, and the topic of each."""
    chance = np.random.default_rng(seed)
    directions = np.linalg.qr(chance.normal(size=(dimension, dimension)))[0][:topics]
    truth = np.repeat(np.arange(topics), each)
    return unit((directions[truth] + chance.normal(scale=noise, size=(topics * each, dimension))).astype(np.float32)), truth
