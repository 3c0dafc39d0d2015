"""How well a rise of exactly those whom a change reached explains the counts, where many don't tell whether it reached them.

A scope may name several values, and customers leave attributes out: those inside rise, those outside don't, and of those who don't tell as
many rise as are inside among those who do. The rule that is easy to break: who does not tell is neither inside nor outside; counting him as
outside would make every gap in the data a control group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def log_evidence_of_scope(scope: Scope, look: Look, presence: Presence, ratios: Reals) -> Reals:
    """The log Bayes factor [moments] of a rise since each moment of those whom the scope reached, over none."""
    rows, history, window, level = look.rows, look.history, look.window, look.level
    chosen = rows.at >= window.start
    now, before = Reached.of(rows.codes[chosen], rows, scope), Reached.of(history.codes, rows, scope)
    usual_in, usual_unknown = (float(history.weights[flags].sum()) for flags in (before.inside, before.unknown))
    total, now_total = max(history.total, 1e-9), int(chosen.sum())
    told = total - usual_unknown
    among = usual_in / told if told > 0 else _INSIDE_WHERE_NOBODY_TELLS
    counted = float(history.counted[before.inside].sum())
    observed, usual, seen = (np.array([count]) for count in (float(now.inside.sum()), usual_in, counted))
    shares = Shares(observed, usual, seen, np.array([_variance(scope, look)]), now_total, history.total)
    there = presence.share_after(Reached.of(presence.codes, rows, scope).inside, level, window)
    affected = (shares.points()[0] + among * usual_unknown / total)[None, :, None] * there[:, None, None]
    after_in, after_unknown = (_after(flags, rows.at[chosen], level, window) for flags in (now.inside, now.unknown))
    more = np.log((level.concentration + level.mean * (1 + affected * (ratios - 1))) / (level.concentration + level.mean))
    said = after_in[:, None, None] * np.log(ratios) + after_unknown[:, None, None] * np.log(1 + among * (ratios - 1))
    terms = said - (now_total + level.concentration) * more + np.log(POINT_WEIGHTS)[None, :, None]
    return log_mean(terms.reshape(len(level.moments), -1), len(ratios))


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
