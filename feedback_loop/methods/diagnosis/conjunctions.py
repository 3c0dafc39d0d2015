"""Segments worth a look: every conjunction of up to three attribute values that the window names at least twice, the most striking kept.

The rule that is easy to break: this only chooses what is weighed later; a prior that favours few and common values goes with each, so that
tens of thousands of conjunctions don't find something in every window.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, log

import numpy as np

from feedback_loop.methods.diagnosis.coding import Pairs
from feedback_loop.methods.diagnosis.mix import History
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals

LONGEST = 3
FEWEST = 2
MOST = 160
"""Kept for weighing; the next ones are farther behind the best than any posterior could make up."""

_MOST_CELLS = 4_000_000
"""Up to so many cells are counted at once; above it only those that the window names."""

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


def candidates(now: Indices, is_late: Flags, history: History, sizes: tuple[int, ...], expected: float) -> list[Candidate]:
    """The most striking conjunctions of the window's rows `now` [n, dimensions]; `is_late` marks those in its later part."""
    orders = min(LONGEST, len(sizes))
    counted = [
        _counted(now, is_late, history, sizes, dimensions, expected, -log(orders) - log(comb(len(sizes), order)))
        for order in range(1, orders + 1)
        for dimensions in combinations(range(len(sizes)), order)
    ]
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
    codes: Indices
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


def _counted(
    now: Indices, is_late: Flags, history: History, sizes: tuple[int, ...], dimensions: tuple[int, ...], expected: float, log_prior: float
) -> _Counted:
    radix = np.array([sizes[d] + 1 for d in dimensions])
    step = np.r_[1, np.cumprod(radix)[:-1]]
    cells, observed, late, usual, counted = _counts(now, is_late, history, dimensions, step, int(np.prod(radix)))
    codes = cells[:, None] // step % radix
    due = np.maximum((usual + 0.3) / (history.total + 1) * max(len(now) * 0.5, min(expected, len(now))), 0.1)
    share = (usual + 0.5) / (history.total + 1)
    is_missing = codes == radix - 1
    among_values = np.log(0.5 / np.prod([max(1, sizes[d]) for d in dimensions]) + 0.5 * share)
    prior = log_prior + among_values + is_missing.sum(axis=1) * log(_MISSING_WEIGHT)
    striking = np.maximum(_gain(observed, due), _gain(late, _LATE * due)) + prior
    is_everybody = (observed == len(now)) & (usual >= _ALL_BUT_NOBODY * history.total)
    rows = np.flatnonzero((observed > due) & ~is_everybody)
    return _Counted(
        dimensions, codes[rows], observed[rows], usual[rows], counted[rows], prior[rows], ~is_missing[rows].any(axis=1), striking[rows]
    )


def _counts(
    now: Indices, is_late: Flags, history: History, dimensions: tuple[int, ...], step: Indices, cells: int
) -> tuple[Indices, Indices, Indices, Reals, Reals]:
    """The cells that the window names often enough: cell, complaints now, late ones, weighted and plain ones before."""
    chosen = list(dimensions)
    keys, before = now[:, chosen] @ step, history.codes[:, chosen] @ step
    if cells > _MOST_CELLS:
        named, keys = np.unique(keys, return_inverse=True)
        place = np.searchsorted(named, before).clip(max=max(len(named) - 1, 0))
        is_named = named[place] == before if len(named) else np.zeros(len(before), bool)
        before, weights, plain, cells = place[is_named], history.weights[is_named], history.counted[is_named], len(named)
    else:
        named, weights, plain = np.arange(cells), history.weights, history.counted
    observed = np.bincount(keys, minlength=cells)
    kept = np.flatnonzero(observed >= FEWEST)
    late = np.bincount(keys[is_late], minlength=cells)[kept]
    usual = np.bincount(before, weights=weights if history.is_weighted else None, minlength=cells)[kept]
    counted = usual if not history.is_weighted else np.bincount(before, weights=plain, minlength=cells)[kept]
    return named[kept], observed[kept].astype(np.int64), late.astype(np.int64), usual.astype(float), counted.astype(float)


def _gain(observed: Indices, due: Reals) -> Reals:
    """Poisson log-likelihood ratio of a raised rate; 0 where it is not raised."""
    gain: Reals = np.where(observed > due, observed * np.log(np.maximum(observed, 1) / due) - (observed - due), 0.0)
    return gain
