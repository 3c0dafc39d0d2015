"""How well a rise of exactly those whom a change reached explains the counts, where many don't tell whether it reached them.

A scope may name several values, and customers leave attributes out: those inside rise, those outside don't, and of those who don't tell as
many rise as are inside among those who do. The rule that is easy to break: who does not tell is neither inside nor outside; counting him as
outside would make every gap in the data a control group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from feedback_loop.methods.diagnosis.coding import Coded, Codes, Window
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.look import Look
from feedback_loop.methods.diagnosis.mix import NEW_VARIANCE
from feedback_loop.methods.diagnosis.presence import Presence
from feedback_loop.methods.diagnosis.rise import POINT_WEIGHTS, Shares, log_mean
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals

_INSIDE_WHERE_NOBODY_TELLS = 0.5
Scope = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Reached:
    """Which rows a change surely reached, and which may have been: bool [rows] each."""

    inside: Flags
    unknown: Flags

    @classmethod
    def of(cls, codes: Codes, rows: Coded, scope: Scope) -> Reached:
        """Of rows [n, dimensions], coded as `rows` are; a dimension that nobody recorded is told by nobody."""
        inside, outside = np.ones(len(codes), bool), np.zeros(len(codes), bool)
        for dimension, values in scope.items():
            if dimension not in rows.dimensions:
                inside = np.zeros(len(codes), bool)
                continue
            place = rows.dimensions.index(dimension)
            known = rows.values[place]
            fits = np.array([*(value in values for value in known), False])[codes[:, place]]
            inside, outside = inside & fits, outside | (~fits & (codes[:, place] < len(known)))
        return cls(inside, ~inside & ~outside)


def added_by(scope: Scope, before: Scope) -> dict[str, list[str]]:
    """Whom the scope of a stage names beyond the one before, of the same dimensions; empty where it reaches all others."""
    added = {name: [value for value in values if value not in before[name]] or list(values) for name, values in scope.items()}
    return dict(sorted(added.items()))


def log_evidence_of_stages(stages: Sequence[tuple[int, Scope]], look: Look, presence: Presence, ratios: Reals) -> Reals:
    """The log Bayes factor [moments] of a rise since each moment of those whom the change reached, over none.

    One step (0, scope), or the more of a rollout: each so many moments after the first, so that its rise is that much later. Whoever an
    earlier step reached belongs to that one; who may have been reached counts from the first on.
    """
    rows, history, window, level = look.rows, look.history, look.window, look.level
    chosen = rows.at >= window.start
    now, before, there = (
        _by_stage(codes, rows, [scope for _, scope in stages]) for codes in (rows.codes[chosen], history.codes, presence.codes)
    )
    usual = [float(history.weights[flags].sum()) for flags in before.inside]
    usual_in, usual_unknown = sum(usual), float(history.weights[before.unknown].sum())
    total, now_total = max(history.total, 1e-9), int(chosen.sum())
    told = total - usual_unknown
    among = usual_in / told if told > 0 else _INSIDE_WHERE_NOBODY_TELLS
    parts = [count / usual_in if usual_in else 1 / len(stages) for count in usual]
    added = [stages[0][1], *(added_by(scope, former) for (_, former), (_, scope) in pairwise(stages))]
    variance_of_all = sum(_variance(scope, look) * part**2 for scope, part in zip(added, parts, strict=True))
    counts = (float(now.anywhere.sum()), usual_in, float(history.counted[before.anywhere].sum()), variance_of_all)
    observed, usually, counted, variance = (np.array([count]) for count in counts)
    shares = Shares(observed, usually, counted, variance, now_total, history.total)
    later = [steps for steps, _ in stages]
    present = sum(part * _shifted(presence.share_after(f, level, window), n) for part, f, n in zip(parts, there.inside, later, strict=True))
    affected = (shares.points()[0] + among * usual_unknown / total)[None, :, None] * np.asarray(present)[:, None, None]
    after_in = sum(_shifted(_after(f, rows.at[chosen], level, window), n) for f, n in zip(now.inside, later, strict=True))
    after_unknown = _after(now.unknown, rows.at[chosen], level, window)
    more = np.log((level.concentration + level.mean * (1 + affected * (ratios - 1))) / (level.concentration + level.mean))
    said = np.asarray(after_in)[:, None, None] * np.log(ratios) + after_unknown[:, None, None] * np.log(1 + among * (ratios - 1))
    terms = said - (now_total + level.concentration) * more + np.log(POINT_WEIGHTS)[None, :, None]
    return log_mean(terms.reshape(len(level.moments), -1), len(ratios))


@dataclass(frozen=True)
class _Stages:
    """Which rows each stage reached first, and whom it is not known of."""

    inside: list[Flags]
    unknown: Flags

    @property
    def anywhere(self) -> Flags:
        """Whom any stage reached."""
        return np.asarray(np.logical_or.reduce(self.inside))


def _by_stage(codes: Codes, rows: Coded, scopes: Sequence[Scope]) -> _Stages:
    reached = [Reached.of(codes, rows, scope) for scope in scopes]
    before = np.zeros(len(codes), bool)
    inside = []
    for stage in reached:
        inside.append(stage.inside & ~before)
        before = before | stage.inside
    return _Stages(inside, np.logical_or.reduce([stage.unknown for stage in reached]) & ~before)


def _shifted(since: Reals, steps: int) -> Reals:
    """What is so many moments later, from each moment on: nothing beyond the window."""
    moved: Reals = np.r_[since[steps:], np.zeros(min(steps, len(since)))]
    return moved


def _variance(scope: Scope, look: Look) -> float:
    """How little is known of the share of the scope's customers because few were counted: squared coefficient of variation.

    What every new value varies beyond that is left out: it allows for having chosen a segment among many, and a scope was not chosen.
    """
    total = 0.0
    for dimension, values in scope.items():
        if dimension not in look.rows.dimensions:
            continue
        place = look.rows.dimensions.index(dimension)
        known = look.rows.values[place]
        margin = look.history.margin(place, len(known))
        codes = [code for code, value in enumerate(known) if value in values]
        spread = sum(margin[code] ** 2 * max(look.mix.variance.get((place, code), 0.0) - NEW_VARIANCE, 0.0) for code in codes)
        total += spread / max(float(margin[codes].sum()), 1e-9) ** 2 if codes else 0.0
    return float(total)


def _after(flags: Flags, at: Indices, level: Level, window: Window) -> Reals:
    step = np.searchsorted(level.moments, at[flags] - window.start, side="right") - 1
    counts: Reals = np.bincount(step, minlength=len(level.moments))[::-1].cumsum()[::-1].astype(float)
    return counts
