"""Segments worth a look: every conjunction of up to three attribute values that the window names at least twice, the most striking kept.

The rule that is easy to break: this only chooses what is weighed later; a prior that favours few and common values goes with each, so that
tens of thousands of conjunctions don't find something in every window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, log, prod

import numpy as np

from feedback_loop.methods.diagnosis.coding import Codes, Pairs
from feedback_loop.methods.diagnosis.marginals import MOST_CELLS, Block, Counts, Dimensions, count_rows, keys_of, plan, told_from
from feedback_loop.methods.diagnosis.mix import History
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals

LONGEST = 3
FEWEST = 2
MOST = 160
"""Kept for weighing; the next ones are farther behind the best than any posterior could make up."""

_MISSING_WEIGHT = 0.15
"""How likely "attribute missing" is to mark a change, beside a known value."""

_ALL_BUT_NOBODY = 0.999
"""A conjunction that holds everybody is no segment: a rise of all is weighed as that."""

_LATE = 0.6
"""The part of the window's expectation that a late rise is compared with."""


@dataclass(frozen=True)
class Candidate:
    """A conjunction with its complaints now, weighted and plain ones before, and the logarithm of its prior among all conjunctions."""

    pairs: Pairs
    observed: int
    usual: float
    counted: float
    log_prior: float
    is_known: bool
    """Whether every value is known; otherwise "missing" is one of them."""


def candidates(now: Codes, is_late: Flags, history: History, sizes: tuple[int, ...], expected: float) -> list[Candidate]:
    """The most striking conjunctions of the window's rows `now` [n, dimensions]; `is_late` marks those in its later part."""
    parts, radix, orders = _Parts(now, now[is_late], history, history.total), tuple(size + 1 for size in sizes), min(LONGEST, len(sizes))
    by_dimensions = {
        dimensions: _weighed(cells, parts, radix, dimensions, expected, -log(orders) - log(comb(len(sizes), len(dimensions))))
        for dimensions, cells in _cells(parts, radix, orders)
    }
    counted = [by_dimensions[one] for order in range(1, orders + 1) for one in combinations(range(len(sizes)), order)]
    if not counted:
        return []
    ends = np.cumsum([len(one.striking) for one in counted])
    best = np.argsort(-np.concatenate([one.striking for one in counted]), kind="stable")[:MOST]
    owners = np.searchsorted(ends, best, side="right")
    return [counted[n].candidate(int(place - ends[n] + len(counted[n].striking))) for n, place in zip(owners, best, strict=True)]


@dataclass(frozen=True)
class _Counted:
    """All conjunctions of the same dimensions that have more than is due: codes [m, dimensions], counts, prior, and how striking [m]."""

    dimensions: tuple[int, ...]
    codes: Codes
    observed: Indices
    usual: Reals
    counted: Reals
    prior: Reals
    is_known: Flags
    striking: Reals

    def candidate(self, row: int) -> Candidate:
        """One of them."""
        pairs = tuple((d, int(code)) for d, code in zip(self.dimensions, self.codes[row], strict=True))
        counts = int(self.observed[row]), float(self.usual[row]), float(self.counted[row])
        return Candidate(pairs, *counts, float(self.prior[row]), bool(self.is_known[row]))


@dataclass(frozen=True)
class _Parts:
    """The rows that are counted: the window's, those of them that are late, and history's."""

    now: Codes
    late: Codes
    history: History
    usual: float
    """The sum of history's weights."""


@dataclass(frozen=True)
class _Cells:
    """The cells [m] of some dimensions that the window names often enough: complaints now, late ones, weighted and plain ones before."""

    cells: Indices
    observed: Indices
    late: Indices
    usual: Reals
    counted: Reals


def _cells(parts: _Parts, radix: tuple[int, ...], orders: int) -> Iterator[tuple[Dimensions, _Cells]]:
    """Of each set of dimensions, in no particular order."""
    how = plan(radix, orders, len(parts.now) + len(parts.history.codes), MOST_CELLS)
    for block in how.blocks:
        yield from _cells_of_block(parts, radix, block)
    for dimensions in how.wide:
        yield dimensions, _named_cells(parts, radix, dimensions)


def _cells_of_block(parts: _Parts, radix: tuple[int, ...], block: Block) -> Iterator[tuple[Dimensions, _Cells]]:
    history = parts.history
    now, late, usual = (
        count_rows(codes, radix, block.dimensions, weights)
        for codes, weights in ((parts.now, None), (parts.late, None), (history.codes, history.weights if history.is_weighted else None))
    )
    counted = count_rows(history.codes, radix, block.dimensions, history.counted) if history.is_weighted else usual
    for dimensions in block.holds:
        observed = told_from(now, radix, block.dimensions, dimensions)
        kept = np.flatnonzero(observed >= FEWEST)
        others = (told_from(one, radix, block.dimensions, dimensions)[kept] for one in (late, usual, counted))
        yield dimensions, _told(kept, observed[kept], *others)


def _named_cells(parts: _Parts, radix: tuple[int, ...], dimensions: Dimensions) -> _Cells:
    """Where the dimensions have too many cells for a table: those that the window names."""
    history = parts.history
    named, now = np.unique(keys_of(parts.now, radix, dimensions), return_inverse=True)
    before = keys_of(history.codes, radix, dimensions)
    place = np.searchsorted(named, before).clip(max=max(len(named) - 1, 0))
    is_named = named[place] == before if len(named) else np.zeros(len(before), bool)
    observed = np.bincount(now, minlength=len(named))
    kept = np.flatnonzero(observed >= FEWEST)
    late = np.bincount(np.searchsorted(named, keys_of(parts.late, radix, dimensions)), minlength=len(named))
    usual, counted = (np.bincount(place[is_named], weights[is_named], len(named))[kept] for weights in (history.weights, history.counted))
    return _told(named[kept], observed[kept], late[kept], usual, counted)


def _told(cells: Indices, observed: Counts, late: Counts, usual: Counts, counted: Counts) -> _Cells:
    return _Cells(cells, observed.astype(np.int64), late.astype(np.int64), usual.astype(float), counted.astype(float))


def _weighed(found: _Cells, parts: _Parts, radix: tuple[int, ...], dimensions: Dimensions, expected: float, log_prior: float) -> _Counted:
    sizes = np.array([radix[d] for d in dimensions])
    codes = found.cells[:, None] // np.r_[1, np.cumprod(sizes)[:-1]] % sizes
    total, now_count = parts.usual, len(parts.now)
    observed, usual = found.observed, found.usual
    due = np.maximum((usual + 0.3) / (total + 1) * max(now_count * 0.5, min(expected, now_count)), 0.1)
    share = (usual + 0.5) / (total + 1)
    is_missing = codes == sizes - 1
    among_values = np.log(0.5 / prod(max(1, radix[d] - 1) for d in dimensions) + 0.5 * share)
    prior = log_prior + among_values + is_missing.sum(axis=1) * log(_MISSING_WEIGHT)
    striking = np.maximum(_gain(observed, due), _gain(found.late, _LATE * due)) + prior
    is_everybody = (observed == now_count) & (usual >= _ALL_BUT_NOBODY * total)
    rows = np.flatnonzero((observed > due) & ~is_everybody)
    return _Counted(
        dimensions,
        codes[rows],
        observed[rows],
        usual[rows],
        found.counted[rows],
        prior[rows],
        ~is_missing[rows].any(axis=1),
        striking[rows],
    )


def _gain(observed: Indices, due: Reals) -> Reals:
    """Poisson log-likelihood ratio of a raised rate; 0 where it is not raised."""
    gain: Reals = np.where(observed > due, observed * np.log(np.maximum(observed, 1) / due) - (observed - due), 0.0)
    return gain
