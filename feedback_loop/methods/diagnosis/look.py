"""One way to see a window: all hypotheses weighed, the cohorts named one after the other, and what may have caused them.

What the first cohort explains is taken out, and the rest is weighed again. Where the share of one value moved by itself, that margin is
taken as it is, and everything is weighed again. The rule that is easy to break: below `SURE` nothing is named; an answer that is not asked
for twice costs trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from feedback_loop.contracts.loop_vocab import RiseVerdict
from feedback_loop.methods.diagnosis.change_log import Log
from feedback_loop.methods.diagnosis.coding import Coded, Codes, Pairs, Window, inside
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.mix import DRIFT_VARIANCE, Borrowed, History, Mix, raked, with_share
from feedback_loop.methods.diagnosis.presence import Presence
from feedback_loop.methods.diagnosis.scan import PRIORS, Priors, Scan, same_members, scan

SURE, SURE_OF_ANOTHER = 0.85, 0.9
"""How probable a rise has to be before it is named; that of a second and third cohort."""

FEWEST_NATS = 3.8
"""Log-likelihood ratio that a cohort needs even for somebody who was told it; below it something shows that is too faint to be named."""

_MOST_COHORTS = 3
_MOST_MOVES = 2
_LEAST_CAUSE = 0.05
_MOST_ALIASES_LOOKED_AT = 40
_SURE_OF_FAINT = 0.5
_MOST_CONFIDENT = 0.995
"""No model of counts is surer than this."""


@dataclass(frozen=True)
class Cohort:
    """Customers who complain more: a conjunction, other conjunctions that select the same complaints, and how sure it is."""

    attributes: dict[str, str]
    aliases: tuple[dict[str, str], ...]
    confidence: float
    observed: int
    expected: float


@dataclass(frozen=True)
class Diagnosis:
    """The verdict with its confidence, the cohorts (the surest first), and the changes that may be the cause, with theirs."""

    verdict: RiseVerdict
    confidence: float
    cohorts: tuple[Cohort, ...] = ()
    causes: tuple[tuple[str, float], ...] = ()


def settled(
    rows: Coded,
    window: Window,
    level: Level,
    mix: Mix,
    log_of_changes: Log,
    priors: Priors = PRIORS,
    borrowed: Borrowed | None = None,
    presence: Presence | None = None,
) -> tuple[Look, Scan]:
    """The look at the window after every value whose share moved by itself was taken as it is, with its first scan."""
    before = rows.codes[rows.at < window.start]
    for _ in range(_MOST_MOVES + 1):
        history = raked(before, mix, rows.sizes, borrowed)
        found = Look(rows, history, window, level, mix, log_of_changes, priors, presence)
        first = found.scanned()
        moved = first.moved
        if moved is None or moved.probability < 0.5:
            break
        margin = with_share(history, moved.dimension, moved.code, moved.share, rows.sizes[moved.dimension])
        mix = mix.moved(moved.dimension, margin, moved.code, DRIFT_VARIANCE)
    return found, first


@dataclass(frozen=True)
class _Named:
    """A cohort as found, with the conjunction itself and what is blamed for it."""

    cohort: Cohort
    pairs: Pairs
    causes: dict[str, float]


@dataclass(frozen=True)
class Look:
    """One way to see the window: with this history, mix and log, and how likely each kind of hypothesis was before."""

    rows: Coded
    history: History
    window: Window
    level: Level
    mix: Mix
    log_of_changes: Log
    priors: Priors = PRIORS
    presence: Presence | None = None

    def scanned(self, without: Sequence[Pairs] = ()) -> Scan:
        """All hypotheses about those whom none of the cohorts holds."""
        chosen = self.rows.at >= self.window.start
        kept = np.ones(len(self.history.codes), bool)
        for pairs in without:
            chosen = chosen & ~inside(self.rows.codes, pairs)
            kept = kept & ~inside(self.history.codes, pairs)
        history = self.history.only(kept)
        level = self.level.of_part((history.total + 1) / (self.history.total + 1))
        return scan(self.rows, chosen, history, self.window, level, self.mix, self.log_of_changes, self.priors, self.presence)

    def judged(self, first: Scan) -> Diagnosis:
        """The verdict of the first look, and what further looks add."""
        weights = {
            RiseVerdict.NONE: first.nothing,
            RiseVerdict.GLOBAL: first.everybody,
            RiseVerdict.LOCALISED: first.somebody,
            RiseVerdict.INSUFFICIENT_EVIDENCE: first.hidden,
        }
        verdict = max(weights, key=lambda one: weights[one])
        if verdict in (RiseVerdict.GLOBAL, RiseVerdict.LOCALISED) and 1 - first.nothing < SURE:
            verdict = RiseVerdict.NONE
        confidence = min(weights[verdict], _MOST_CONFIDENT)
        if verdict is RiseVerdict.GLOBAL:
            return Diagnosis(verdict, confidence, causes=_ranked([self._causes(first, len(first.candidates))]))
        if verdict is not RiseVerdict.LOCALISED:
            return Diagnosis(verdict, confidence)
        named = self._cohorts(first)
        if _is_faint(named[0].cohort):
            return Diagnosis(RiseVerdict.INSUFFICIENT_EVIDENCE, _SURE_OF_FAINT)
        return Diagnosis(verdict, named[0].cohort.confidence, tuple(n.cohort for n in named), _ranked([n.causes for n in named]))

    def _cohorts(self, first: Scan) -> list[_Named]:
        named = [self._named(first, ())]
        while len(named) < _MOST_COHORTS:
            explained = [one.pairs for one in named]
            again = self.scanned(explained)
            if 1 - again.nothing < SURE_OF_ANOTHER or again.somebody < max(again.nothing, again.everybody, again.hidden):
                break
            named.append(self._named(again, explained))
        return named

    def _named(self, scanned: Scan, without: Sequence[Pairs]) -> _Named:
        known = [k for k, one in enumerate(scanned.candidates) if one.is_known]
        order = sorted(known, key=lambda k: (-scanned.probability[k], scanned.candidates[k].pairs))
        same = self._same(scanned, order, without)
        # Shortest first, as people would say it.
        same.sort(key=lambda k: (len(scanned.candidates[k].pairs), -scanned.probability[k]))
        first, *others = (scanned.candidates[k] for k in same)
        shortest = [o for o in others if not any(set(s.pairs) < set(o.pairs) for s in (first, *others))]
        confidence = min(float(scanned.probability[same].sum()), _MOST_CONFIDENT)
        due = first.usual / max(self.history.total, 1.0) * self.level.mean
        causes: dict[str, float] = {}
        for k in same:
            causes |= {name: max(p, causes.get(name, 0.0)) for name, p in self._causes(scanned, k).items()}
        aliases = tuple(self.rows.named(one.pairs) for one in shortest)
        return _Named(Cohort(self.rows.named(first.pairs), aliases, confidence, first.observed, due), first.pairs, causes)

    def _same(self, scanned: Scan, order: list[int], without: Sequence[Pairs]) -> list[int]:
        """The likeliest candidate, and those that select the same complaints."""
        best = scanned.candidates[order[0]]
        now, before = self._left(self.rows.codes[self.rows.at >= self.window.start], without), self._left(self.history.codes, without)
        found = [order[0]]
        for k in order[1:_MOST_ALIASES_LOOKED_AT]:
            one = scanned.candidates[k]
            is_near = (
                abs(one.observed - best.observed) <= 0.05 * best.observed + 1.5 and abs(one.usual - best.usual) <= 0.05 * best.usual + 3
            )
            if is_near and same_members(scanned, order[0], k, now, before, self.rows.sizes):
                found.append(k)
        return found

    def _left(self, codes: Codes, without: Sequence[Pairs]) -> Codes:
        for pairs in without:
            codes = codes[~inside(codes, pairs)]
        return codes

    def _causes(self, scanned: Scan, row: int) -> dict[str, float]:
        return {change.change_id: float(p) for change, p in zip(self.log_of_changes.changes, scanned.blamed[row], strict=True)}


def _is_faint(cohort: Cohort) -> bool:
    observed, expected = cohort.observed, max(cohort.expected, 0.2)
    return observed <= expected or observed * log(observed / expected) - (observed - expected) < FEWEST_NATS


def _ranked(found: Sequence[dict[str, float]]) -> tuple[tuple[str, float], ...]:
    """Every change that may be a cause of any of the cohorts, the likeliest first."""
    best: dict[str, float] = {}
    for causes in found:
        best |= {name: max(p, best.get(name, 0.0)) for name, p in causes.items()}
    ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))
    return tuple((name, min(p, _MOST_CONFIDENT)) for name, p in ranked if p >= _LEAST_CAUSE)
