"""How many rows have each combination of codes, for every set of up to three dimensions, at the price of a few passes over the rows.

Rows are counted by blocks of more dimensions, chosen so that every set of three stands in one of them (a covering design); the sets' own
tables are sums over a block's. Eight dimensions have 92 sets, and a dozen blocks hold them. Not here: what is striking (`conjunctions`).
The rule that is easy to break: a block pays only while summing its cells costs less than counting the rows again, so few rows are counted
set by set; and a set with more cells than `MOST_CELLS` has no table at all (`Plan.wide`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.diagnosis.coding import Codes
from feedback_loop.methods.statistics.calibration import Indices, Reals

Counts = npt.NDArray[np.number[Any]]
"""By cell, the first dimension's code moving fastest: whole numbers of rows, or sums of their weights."""

Dimensions = tuple[int, ...]
"""Places of dimensions, rising."""

MOST_CELLS = 4_000_000
"""Of a set's table; beyond it only the cells that somebody names can be counted."""

_MOST_BLOCK_CELLS = 1 << 20
"""Of a block of more than three dimensions: what a processor's cache holds."""

_KEYS_AT_ONCE = 1 << 14
_FEWEST_ROWS_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Block:
    """Dimensions whose rows are counted at once, and the sets of dimensions that are told from it, the widest first."""

    dimensions: Dimensions
    holds: tuple[Dimensions, ...]


@dataclass(frozen=True)
class Plan:
    """Blocks that hold every set of dimensions once, but those with too many cells."""

    blocks: tuple[Block, ...]
    wide: tuple[Dimensions, ...]


@lru_cache(maxsize=256)
def plan(radix: tuple[int, ...], orders: int, row_count: int, most_cells: int = MOST_CELLS) -> Plan:
    """How to count rows by each set of up to `orders` dimensions with `radix` codes each."""
    most = min(_MOST_BLOCK_CELLS, row_count)
    sets = [chosen for order in range(min(orders, len(radix)), 0, -1) for chosen in combinations(range(len(radix)), order)]
    left = dict.fromkeys(one for one in sets if _cells(radix, one) <= most_cells)
    wide = tuple(one for one in sets if one not in left)
    blocks = []
    while left:
        first = next(iter(left))
        dimensions = _grown(first, radix, left, most)
        holds = _held(dimensions, left, orders) if _cells(radix, dimensions) <= most else (first,)
        blocks.append(Block(dimensions, holds))
        for one in holds:
            del left[one]
    return Plan(tuple(blocks), wide)


def count_rows(codes: Codes, radix: Sequence[int], dimensions: Dimensions, weights: Reals | None = None) -> Counts:
    """Rows, or the sum of their weights, in each cell of the dimensions."""
    cells = prod(radix[d] for d in dimensions)
    at_once = max(_FEWEST_ROWS_AT_ONCE, 2 * cells)
    counted = np.zeros(cells, np.int64 if weights is None else np.float64)
    for start in range(0, len(codes), at_once):
        keys = keys_of(codes[start : start + at_once], radix, dimensions)
        counted += np.bincount(keys, None if weights is None else weights[start : start + at_once], cells)
    return counted


def told_from(counted: Counts, radix: Sequence[int], dimensions: Dimensions, wanted: Dimensions) -> Counts:
    """The table of the wanted dimensions, which are among the block's."""
    if wanted == dimensions:
        return counted
    # The first dimension moves fastest: axes stand in reverse.
    by_axis = counted.reshape([radix[d] for d in reversed(dimensions)])
    others = tuple(axis for axis, d in enumerate(reversed(dimensions)) if d not in wanted)
    summed: Counts = by_axis.sum(axis=others).ravel()
    return summed


def marginals(codes: Codes, radix: tuple[int, ...], orders: int = 3) -> Iterator[tuple[Dimensions, Counts]]:
    """Each set of up to `orders` dimensions with its counts; those with too many cells are left out."""
    for block in plan(radix, orders, len(codes)).blocks:
        counted = count_rows(codes, radix, block.dimensions)
        for dimensions in block.holds:
            yield dimensions, told_from(counted, radix, block.dimensions, dimensions)


def keys_of(codes: Codes, radix: Sequence[int], dimensions: Dimensions) -> Indices:
    """The cell of each row."""
    keys = np.empty(len(codes), np.int64)
    for start in range(0, len(codes), _KEYS_AT_ONCE):
        part, told, step = codes[start : start + _KEYS_AT_ONCE], keys[start : start + _KEYS_AT_ONCE], 1
        for place, dimension in enumerate(dimensions):
            if place == 0:
                told[:] = part[:, dimension]
            else:
                told += np.multiply(part[:, dimension], step, dtype=np.int64)
            step *= radix[dimension]
    return keys


def _cells(radix: Sequence[int], dimensions: Dimensions) -> int:
    return prod(radix[d] for d in dimensions)


def _grown(first: Dimensions, radix: tuple[int, ...], left: dict[Dimensions, None], most: int) -> Dimensions:
    """The dimensions and those beside them that hold the most sets which are still left, as far as the cells go."""
    block = first
    while True:
        gains = {
            other: sum(tuple(sorted((*pair, other))) in left for pair in combinations(block, len(first) - 1))
            for other in range(len(radix))
            if other not in block and _cells(radix, (*block, other)) <= most
        }
        best = max(gains, key=lambda other: (gains[other], -radix[other]), default=None)
        if best is None or not gains[best]:
            return block
        block = tuple(sorted((*block, best)))


def _held(block: Dimensions, left: dict[Dimensions, None], orders: int) -> tuple[Dimensions, ...]:
    sizes = range(min(orders, len(block)), 0, -1)
    return tuple(one for size in sizes for one in combinations(block, size) if one in left)
