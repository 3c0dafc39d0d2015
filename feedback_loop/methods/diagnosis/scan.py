"""All hypotheses about one window weighed against each other: nothing, everybody, each segment, and a mix that moved by itself.

The rule that is easy to break: a single value whose share alone moved, while all complaints together are as many as usual, is rather a mix
that moved (a version rolled out) than a fault; that hypothesis stands beside the others, and it is an innocent one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from scipy.special import logsumexp

from feedback_loop.methods.diagnosis.change_log import Log
from feedback_loop.methods.diagnosis.coding import Coded, Codes, Pairs, Window, inside
from feedback_loop.methods.diagnosis.conjunctions import Candidate, candidates
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.mix import History, Mix
from feedback_loop.methods.diagnosis.presence import Presence
from feedback_loop.methods.diagnosis.rise import GLOBAL_RATIOS, Shares, log_evidence, log_evidence_of_all
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals


@dataclass(frozen=True)
class Priors:
    """How likely each is before anything is seen: nothing, some segment, everybody."""

    nothing: float
    some: float
    everybody: float
    ratios_of_all: tuple[float, ...] = tuple(GLOBAL_RATIOS)
    """How many times as many complaints a rise of everybody may mean; a new symptom has hardly any before."""


PRIORS = Priors(0.42, 0.5, 0.08)
"""In a window that somebody asks about."""

MOVED_BY_ITSELF, NEW_VALUE_CAME = 0.05, 1.0
"""How likely, beside nothing, the share of one value moved by itself; that of a value without a past nearly always does."""

_FROM_THE_FIRST = 0.2
"""How likely a rise was there when the window began."""

_LATE_FROM = 0.4
_UNKNOWN_LEVEL = 1e-6


@dataclass(frozen=True)
class Moved:
    """The single value whose share moved by itself most probably: its share now, and how probable that is."""

    dimension: int
    code: int
    share: float
    probability: float


@dataclass(frozen=True)
class Scan:
    """The candidates with the probability that each complains more, since when, and what the log says of it; the last row is everybody."""

    candidates: tuple[Candidate, ...]
    members: Flags
    """[candidates, rows of the window]"""
    probability: Reals
    """[candidates + 1]"""
    onset: Reals
    """[candidates + 1, moments], each row summing to one"""
    evidence: Reals
    """[candidates + 1, moments]: the log Bayes factor of a rise since each moment, over none"""
    blamed: Reals
    """[candidates + 1, changes]: how probably each change is the cause, were this the cohort"""
    nothing: float
    moved: Moved | None

    @property
    def everybody(self) -> float:
        """How probably all complain more."""
        return float(self.probability[-1])

    @property
    def somebody(self) -> float:
        """How probably a segment of known values complains more."""
        return self._sum(is_known=True)

    @property
    def hidden(self) -> float:
        """How probably those complain more of whom an attribute is missing."""
        return self._sum(is_known=False)

    def _sum(self, *, is_known: bool) -> float:
        chosen = [one.is_known == is_known for one in self.candidates]
        return float(self.probability[:-1][chosen].sum()) if self.candidates else 0.0


def scan(
    rows: Coded,
    chosen: Flags,
    history: History,
    window: Window,
    level: Level,
    mix: Mix,
    log_of_changes: Log,
    priors: Priors = PRIORS,
    presence: Presence | None = None,
) -> Scan:
    """Weighs the hypotheses about the chosen rows of the window; `chosen` marks them among all rows."""
    now, at = rows.codes[chosen], rows.at[chosen]
    is_late = at >= window.start + _LATE_FROM * window.length
    found = tuple(candidates(now, is_late, history, rows.sizes, level.mean))
    members = np.array([inside(now, one.pairs) for one in found], dtype=bool).reshape(len(found), len(now))
    after = _after(np.vstack([members, np.ones((1, len(now)), bool)]), at, level, window)
    shares = _shares(found, len(now), history, mix)
    if presence is not None and found:
        shares = replace(shares, after=np.array([presence.of(one.pairs, level, window) for one in found]))
    of_all = log_evidence_of_all(after[-1], len(now), level, np.array(priors.ratios_of_all))
    evidence = np.vstack([log_evidence(after[:-1], shares, level), of_all[None]])
    total_usual = max(history.total, 1.0)
    of_found = [log_of_changes.fits(one.pairs, rows, one.usual / total_usual) for one in found]
    fits = np.array([*of_found, log_of_changes.fits(None, rows)])
    explained = log_of_changes.unlogged + fits @ log_of_changes.timing
    onset = np.full(len(level.moments), (1 - _FROM_THE_FIRST) / len(level.moments))
    onset[0] += _FROM_THE_FIRST
    joint = evidence + np.log(onset) + np.log(explained)
    prior = np.array([log(priors.some) + one.log_prior for one in found] + [log(priors.everybody)])
    score, innocent = logsumexp(joint, axis=1) + prior, _moved_by_itself(found, after, shares, level)
    total = float(logsumexp(np.r_[score, log(priors.nothing), innocent]))
    posterior = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    blamed = fits * ((posterior / explained) @ log_of_changes.timing.T)
    return Scan(
        found, members, np.exp(score - total), posterior, evidence, blamed,
        float(np.exp(logsumexp(np.r_[log(priors.nothing), innocent]) - total)), _likeliest_move(found, innocent - total, len(now)),
    )  # fmt: skip


def _after(members: Flags, at: Indices, level: Level, window: Window) -> Reals:
    """How many members [k, moments] complain at or after each moment."""
    step = np.searchsorted(level.moments, at - window.start, side="right") - 1
    counts = np.array([np.bincount(step[row], minlength=len(level.moments)) for row in members], dtype=float)
    since: Reals = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    return since


def _shares(found: tuple[Candidate, ...], now_total: int, history: History, mix: Mix) -> Shares:
    variance = [sum(mix.variance.get(pair, 0.0) for pair in one.pairs) for one in found]
    observed, usual, counted = (np.array([getattr(one, name) for one in found], float) for name in ("observed", "usual", "counted"))
    return Shares(observed, usual, counted, np.array(variance, float), now_total, history.total)


def _moved_by_itself(found: tuple[Candidate, ...], after: Reals, shares: Shares, level: Level) -> Reals:
    """The log weight [candidates] of each single value's share having moved, at a level that tells nothing; -inf for the others."""
    weights = np.full(len(found), -np.inf)
    for row, one in enumerate(found):
        if len(one.pairs) == 1:
            evidence = float(log_evidence(after[row : row + 1, :1], shares.of(row), level, _UNKNOWN_LEVEL)[0, 0])
            is_new = one.counted < max(3.0, 0.02 * one.observed / max(shares.now_total, 1) * shares.usual_total)
            weights[row] = evidence + one.log_prior + log(NEW_VALUE_CAME if is_new else MOVED_BY_ITSELF)
    return weights


def _likeliest_move(found: tuple[Candidate, ...], log_probability: Reals, now_total: int) -> Moved | None:
    if not len(found) or not np.isfinite(log_probability).any():
        return None
    best = int(log_probability.argmax())
    [(dimension, code)] = found[best].pairs
    return Moved(dimension, code, found[best].observed / max(now_total, 1), float(np.exp(log_probability[best])))


def same_members(scanned: Scan, one: int, other: int, now: Codes, before: Codes, sizes: tuple[int, ...]) -> bool:
    """Whether two candidates select the same complaints, as far as the attributes that tell are known."""
    pairs: tuple[Pairs, Pairs] = (scanned.candidates[one].pairs, scanned.candidates[other].pairs)
    dimensions = sorted({dimension for pair in pairs for dimension, _ in pair})
    missing = np.array([sizes[d] for d in dimensions])
    for codes, first, second in (
        (now, scanned.members[one], scanned.members[other]),
        (before, inside(before, pairs[0]), inside(before, pairs[1])),
    ):
        is_known = (codes[:, dimensions] != missing).all(axis=1)
        if ((first != second) & is_known).any():
            return False
    return True
