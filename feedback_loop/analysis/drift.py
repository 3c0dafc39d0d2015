"""Why the share of a class changed: because customers wrote about other things, or because the model speaks differently of the same things.

    change = shift of the input + change of behaviour

Both versions judge the same fragments of the later period, and what differs there is behaviour; the version before judges both periods, and
what differs there is input. The shift of the input is split further by direct standardisation (Kitagawa 1955): as much of it as the mix of
languages, channels and products explains, and what customers of the same kind wrote differently. (The same idea as distribution change by
cause in Budhathoki et al. 2021, "Why did the distribution change?": replace one mechanism at a time.) Here: tags and kinds of fragments to
figures. Which fragments and versions those are is read in `workflows/model_drift`. The rules that are easy to break: a fragment that was
left open is one of a class of its own, so that shares sum to one; and who is right is said by held-out labels alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import polars as pl
from scipy.stats import binomtest

from feedback_loop.methods.statistics.share_changes import (
    Change,
    Reweighted,
    adjusted,
    change_between,
    change_of_same,
    reweighted_shares,
)

LEFT_OPEN = "left open"
STRATA = ("language", "channel", "product")

FEWEST_FRAGMENTS = 30
"""Fragments of a period below which nothing is said of it."""

CHANCE = 0.05
"""Level of every test on the page; over classes, over moves, and over what labels say of moves, it is shared out after Holm."""

FEWEST_VERDICTS = 6
"""Held-out labels on a move below which even unanimous ones prove nothing at that level."""

UNCHANGED = Change(0.0, 0.0, 0.0, 1.0)
"""What a version does to itself: it is deterministic."""

_FEWEST_MOVED = 3
_NOWHERE = "not said"


class Cause(StrEnum):
    """What a change of a class's share is owed to."""

    INPUT = "input"
    MODEL = "model"
    BOTH = "both"
    NEITHER = "neither"


class MoveVerdict(StrEnum):
    """What held-out labels say of fragments that went from one class to another."""

    WORSE = "worse"
    BETTER = "better"
    OPEN = "open"


@dataclass(frozen=True)
class Judged:
    """Fragments as versions tagged them; rows of the strata and a `tag`, and of pairs a `tag_before` and a `tag_after`.

    `before` and `after` are the periods as one version sees both; `pairs` one period as both versions see it, `held_out` the gold labels
    as both see them, with their `truth`. `first` and `last` are the tags of each period by the version that was in use there;
    where it is the same in both, nothing is behaviour.
    """

    first: pl.Series
    last: pl.Series
    before: pl.DataFrame
    after: pl.DataFrame
    pairs: pl.DataFrame
    held_out: pl.DataFrame
    is_same_version: bool = False


@dataclass(frozen=True)
class ClassDrift:
    """One class: its shares, what became of them, and what that is owed to; p-values of input and model are adjusted over the classes."""

    name: str
    before_count: int
    after_count: int
    share_before: float
    share_after: float
    total: Change
    input_shift: Change
    behaviour: Change
    steady_mix: Reweighted | None
    """The later share, as the one version sees it, had the mix of languages, channels and products stayed; None where it can't be known."""
    mix_points: float | None
    """Points of the input shift that the mix explains."""

    @property
    def cause(self) -> Cause:
        """What the tests name."""
        is_input, is_model = self.input_shift.p_value <= CHANCE, self.behaviour.p_value <= CHANCE
        if is_input and is_model:
            return Cause.BOTH
        return Cause.INPUT if is_input else Cause.MODEL if is_model else Cause.NEITHER


@dataclass(frozen=True)
class Move:
    """Fragments that the version before gave one class and the version after another, and held-out labels of such fragments."""

    from_class: str
    to_class: str
    count: int
    back_count: int
    p_value: float
    before_right_count: int
    after_right_count: int
    neither_right_count: int
    verdict_p_value: float

    # A class that was given where the truth is another is wrong too; whoever left it open claimed nothing.
    @property
    def after_wrong_count(self) -> int:
        """Labels that only the version after got wrong."""
        return self.before_right_count + (self.neither_right_count if self.from_class == LEFT_OPEN else 0)

    @property
    def before_wrong_count(self) -> int:
        """Labels that only the version before got wrong."""
        return self.after_right_count + (self.neither_right_count if self.to_class == LEFT_OPEN else 0)

    @property
    def verdict(self) -> MoveVerdict:
        """What the labels say."""
        if self.verdict_p_value > CHANCE:
            return MoveVerdict.OPEN
        return MoveVerdict.WORSE if self.after_wrong_count > self.before_wrong_count else MoveVerdict.BETTER


@dataclass(frozen=True)
class Drift:
    """The whole page in figures; classes by how far they moved, moves by how many fragments went."""

    before_count: int
    after_count: int
    classes: tuple[ClassDrift, ...]
    moves: tuple[Move, ...]
    held_out_count: int

    @property
    def is_enough(self) -> bool:
        """Whether both periods have fragments enough to say anything."""
        return min(self.before_count, self.after_count) >= FEWEST_FRAGMENTS


def drift(judged: Judged) -> Drift:
    """What changed and why; no class and no move where a period has too few fragments."""
    counts = (judged.first.len(), judged.last.len())
    if min(counts) < FEWEST_FRAGMENTS:
        return Drift(*counts, (), (), judged.held_out.height)
    return Drift(*counts, _classes(judged), _moves(judged.pairs, judged.held_out), judged.held_out.height)


def _classes(judged: Judged) -> tuple[ClassDrift, ...]:
    tags = [judged.first, judged.last, judged.before["tag"], judged.after["tag"], judged.pairs["tag_before"], judged.pairs["tag_after"]]
    names = sorted(set().union(*(set(one) for one in tags)))
    steady = steady_mix(judged.before, judged.after, names)
    found = [_class(name, judged, None if steady is None else steady[place]) for place, name in enumerate(names)]
    by_input, by_model = (adjusted([getattr(one, part).p_value for one in found]) for part in ("input_shift", "behaviour"))
    levelled = [
        replace(one, input_shift=replace(one.input_shift, p_value=p_input), behaviour=replace(one.behaviour, p_value=p_model))
        for one, p_input, p_model in zip(found, by_input, by_model, strict=True)
    ]
    return tuple(sorted(levelled, key=lambda one: (-abs(one.total.points), one.name)))


def _class(name: str, judged: Judged, steady: Reweighted | None) -> ClassDrift:
    first, last, before, after = (
        int((tags == name).sum()) for tags in (judged.first, judged.last, judged.before["tag"], judged.after["tag"])
    )
    was, became = judged.pairs["tag_before"] == name, judged.pairs["tag_after"] == name
    counts = judged.first.len(), judged.last.len()
    return ClassDrift(
        name,
        first,
        last,
        first / counts[0],
        last / counts[1],
        change_between(first, counts[0], last, counts[1]),
        change_between(before, judged.before.height, after, judged.after.height),
        UNCHANGED
        if judged.is_same_version
        else change_of_same(int((became & ~was).sum()), int((was & ~became).sum()), judged.pairs.height),
        steady,
        None if steady is None else after / judged.after.height - steady.share,
    )


def steady_mix(before: pl.DataFrame, after: pl.DataFrame, names: Sequence[str]) -> list[Reweighted] | None:
    """Each class's later share had the mix of strata stayed as it was; None where the periods have too little in common."""
    groups = _strata(before).vstack(_strata(after)).unique().sort(STRATA).with_row_index("group")
    mix = np.zeros(groups.height)
    counts = np.zeros((groups.height, len(names)))
    for group in _strata(before).join(groups, on=STRATA)["group"]:
        mix[group] += 1
    places = {name: place for place, name in enumerate(names)}
    joined = _strata(after).with_columns(after["tag"]).join(groups, on=STRATA)
    for group, tag in joined.select("group", "tag").iter_rows():
        counts[group, places[tag]] += 1
    return reweighted_shares(counts, mix)


def _strata(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(pl.String).fill_null(_NOWHERE) for name in STRATA)


def _moves(pairs: pl.DataFrame, held_out: pl.DataFrame) -> tuple[Move, ...]:
    moved = Counter((was, became) for was, became in pairs.select("tag_before", "tag_after").iter_rows() if was != became)
    found = [_move(pair, moved, held_out) for pair in sorted(moved) if moved[pair] >= _FEWEST_MOVED]
    chances = adjusted([move.p_value for move in found])
    levelled = _levelled([replace(move, p_value=p_value) for move, p_value in zip(found, chances, strict=True)])
    return tuple(sorted(levelled, key=lambda move: (-move.count, move.from_class, move.to_class)))


def _move(pair: tuple[str, str], moved: Counter[tuple[str, str]], held_out: pl.DataFrame) -> Move:
    was, became = pair
    count, back = moved[pair], moved[became, was]
    truths = held_out.filter(tag_before=was, tag_after=became)["truth"]
    before_right, after_right = int((truths == was).sum()), int((truths == became).sum())
    neither = truths.len() - before_right - after_right
    chance = float(binomtest(count, count + back).pvalue)
    return Move(was, became, count, back, chance, before_right, after_right, neither, 1.0)


def _levelled(moves: Sequence[Move]) -> list[Move]:
    """The moves with the chance of so one-sided labels; those that could prove nothing take none of the level (Tarone 1990)."""
    told = [move.after_wrong_count + move.before_wrong_count >= FEWEST_VERDICTS for move in moves]
    chances = iter(adjusted([_one_sidedness(move) for move, is_told in zip(moves, told, strict=True) if is_told]))
    return [
        replace(move, verdict_p_value=next(chances) if is_told else _one_sidedness(move)) for move, is_told in zip(moves, told, strict=True)
    ]


def _one_sidedness(move: Move) -> float:
    total = move.after_wrong_count + move.before_wrong_count
    return float(binomtest(move.after_wrong_count, total).pvalue) if total else 1.0
