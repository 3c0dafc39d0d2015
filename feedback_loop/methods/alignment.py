"""Where each part of a rewritten text came from.

Here: the alignment between a derived text and its source, how to make one (`rewrite`), chain several (`after`) and store one (`flatten`).
What is rewritten, and why, is in `normal_text` and `personal_data.masking`. The rule that is easy to break: what was copied maps offset by
offset, what was replaced maps as a whole, even where both sides happen to be of equal length; so only copied runs are kept, and whatever
lies between two of them was replaced.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

_INTS_PER_RUN = 4


class Run(NamedTuple):
    """Code points copied unchanged; both sides are equally long."""

    derived_start: int
    derived_end: int
    source_start: int
    source_end: int


class Replacement(NamedTuple):
    """What stands in the derived text instead of source[start:end]."""

    start: int
    end: int
    text: str


class Alignment(NamedTuple):
    """The copied runs, ascending on both sides and never adjoining on both, and the length of either text in code points."""

    runs: tuple[Run, ...]
    derived_length: int
    source_length: int

    @classmethod
    def identity(cls, length: int) -> Alignment:
        """The alignment of a text with itself."""
        return cls((Run(0, length, 0, length),) if length else (), length, length)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source span whose rewriting holds derived[start:end]; what was replaced counts as a whole."""
        return _mapped(self.runs, _FROM_DERIVED, self.source_length, start, end)

    def derived_span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest derived span that holds whatever source[start:end] became; empty where it was dropped."""
        return _mapped(self.runs, _FROM_SOURCE, self.derived_length, start, end)

    def after(self, earlier: Alignment) -> Alignment:
        """The alignment of this derived text with the source of the earlier rewriting, whose derived text is this source."""
        if earlier.derived_length != self.source_length:
            raise ValueError(f"can't chain: {self.source_length} code points do not follow {earlier.derived_length}")
        return Alignment(tuple(_joined(_crossed(self.runs, earlier.runs))), self.derived_length, earlier.source_length)

    def flatten(self) -> list[int]:
        """Four integers per run, and a last empty run that holds the two lengths."""
        flat = [offset for run in self.runs for offset in run]
        return [*flat, self.derived_length, self.derived_length, self.source_length, self.source_length]

    @classmethod
    def unflatten(cls, flat: Sequence[int]) -> Alignment:
        """The alignment that `flatten` wrote."""
        if len(flat) < _INTS_PER_RUN or len(flat) % _INTS_PER_RUN:
            raise ValueError(f"{len(flat)} integers are no alignment: expected a positive multiple of {_INTS_PER_RUN}")
        quads = [Run(*flat[i : i + _INTS_PER_RUN]) for i in range(0, len(flat), _INTS_PER_RUN)]
        return cls(tuple(quads[:-1]), quads[-1].derived_start, quads[-1].source_start)


class AlignedText(NamedTuple):
    """A derived text and its alignment with its source."""

    text: str
    alignment: Alignment

    def then(self, later: AlignedText) -> AlignedText:
        """The later text, aligned with this text's source; this text itself where nothing was rewritten."""
        if later.alignment == Alignment.identity(len(self.text)):
            return self
        return AlignedText(later.text, later.alignment.after(self.alignment))


def unchanged(text: str) -> AlignedText:
    """The text, aligned with itself."""
    return AlignedText(text, Alignment.identity(len(text)))


def rewrite(source: str, replacements: Iterable[Replacement]) -> AlignedText:
    """The source with each span replaced; the spans ascend and do not overlap."""
    pieces: list[str] = []
    runs: list[Run] = []
    derived = position = 0
    for start, end, text in replacements:
        if not position <= start <= end <= len(source):
            raise ValueError(f"replacement {start}..{end} overlaps another or leaves the text")
        runs.append(Run(derived, derived + start - position, position, start))
        pieces += (source[position:start], text)
        derived += start - position + len(text)
        position = end
    rest = len(source) - position
    runs.append(Run(derived, derived + rest, position, len(source)))
    pieces.append(source[position:])
    return AlignedText("".join(pieces), Alignment(tuple(_joined(runs)), derived + rest, len(source)))


def _crossed(later: Sequence[Run], earlier: Sequence[Run]) -> Iterator[Run]:
    """The runs that both copied: the later source side is the earlier derived side."""
    i = j = 0
    while i < len(later) and j < len(earlier):
        a, b = later[i], earlier[j]
        low, high = max(a.source_start, b.derived_start), min(a.source_end, b.derived_end)
        if low < high:
            to_derived, to_source = a.derived_start - a.source_start, b.source_start - b.derived_start
            yield Run(low + to_derived, high + to_derived, low + to_source, high + to_source)
        if a.source_end <= b.derived_end:
            i += 1
        else:
            j += 1


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """The same runs without empty ones, those that adjoin on both sides made one."""
    held: Run | None = None
    for run in runs:
        if run.derived_start == run.derived_end:
            continue
        if held and (held.derived_end, held.source_end) == (run.derived_start, run.source_start):
            held = Run(held.derived_start, run.derived_end, held.source_start, run.source_end)
            continue
        if held:
            yield held
        held = run
    if held:
        yield held


class _Side(NamedTuple):
    """Which of a run's four offsets are asked with, and which answer."""

    start: Callable[[Run], int]
    end: Callable[[Run], int]
    to_start: Callable[[Run], int]
    to_end: Callable[[Run], int]


_FROM_DERIVED = _Side(itemgetter(0), itemgetter(1), itemgetter(2), itemgetter(3))
_FROM_SOURCE = _Side(itemgetter(2), itemgetter(3), itemgetter(0), itemgetter(1))


def _mapped(runs: Sequence[Run], side: _Side, target_length: int, start: int, end: int) -> tuple[int, int]:
    """Target offsets of a span, found by halving: a long text has thousands of runs and is asked for thousands of spans."""
    if start >= end:
        point = _point(runs, side, target_length, start)
        return point, point
    first = bisect_right(runs, start, key=side.end)
    low = side.to_end(runs[first - 1]) if first else 0
    if first < len(runs) and side.start(runs[first]) <= start:
        low = side.to_start(runs[first]) + start - side.start(runs[first])
    behind = bisect_left(runs, end, key=side.start)
    high = side.to_start(runs[behind]) if behind < len(runs) else target_length
    if behind and end <= side.end(runs[behind - 1]):
        high = side.to_start(runs[behind - 1]) + end - side.start(runs[behind - 1])
    return low, max(low, high)


def _point(runs: Sequence[Run], side: _Side, target_length: int, offset: int) -> int:
    """The target offset of a position between two code points."""
    number = bisect_left(runs, offset, key=side.end)
    if number == len(runs):
        return target_length
    return side.to_start(runs[number]) + max(0, offset - side.start(runs[number]))
