"""Seeded random streams, one per name, and the few draws that the company needs.

Here: how chance is made repeatable. What is drawn from it: demand, population, composition.
The rule that is easy to break: every message draws from a stream of its own name, never from a shared one, so that adding a fault, a topic
or a day changes no other message. Only `random.Random` seeded with text is used: its numbers are the same in every process.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence


def stream(*names: object) -> random.Random:
    """A generator whose numbers depend on the names alone (a seed is the first of them)."""
    return random.Random("/".join(str(name) for name in names))  # noqa: S311 - made-up data, nothing secret


def weighted(rng: random.Random, weights: Mapping[str, float]) -> str:
    """One of the keys, with a chance in proportion to its weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def ranked(rng: random.Random, weights: Sequence[float]) -> int:
    """A position in `weights`, counted from 0, with a chance in proportion to the weight there."""
    return rng.choices(range(len(weights)), weights=weights)[0]


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson count by Knuth's product of uniforms, in pieces of mean 30 so that `exp` does not vanish."""
    count = 0
    while mean > 0:
        limit, product = math.exp(-min(mean, 30.0)), rng.random()
        while product > limit:
            count, product = count + 1, product * rng.random()
        mean -= 30.0
    return count


def around_one(rng: random.Random, spread: float) -> float:
    """A positive factor with mean 1 and the relative standard deviation `spread` (gamma; 0 gives exactly 1)."""
    return rng.gammavariate(1 / spread**2, spread**2) if spread > 0 else 1.0


def digits(rng: random.Random, pattern: str) -> str:
    """The pattern with each `#` replaced by a random digit."""
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in pattern)
