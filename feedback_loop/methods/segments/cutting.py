"""A message cut into complaint units: sentences, joined and split so that each says one thing.

Here: which pieces belong together (R27, R28, R33, R38), one rule per reason to join, no model. Where sentences end is `sentence_marks`,
where one sentence complains of two things `clauses`, what a word tells `word_kinds`. The rule that is easy to break: a cut never falls
inside a protected span (personal data with its cue), and the spans hold every character that is not a blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from feedback_loop.methods.segments import clause_marks
from feedback_loop.methods.segments.clauses import Side, clause_cuts, side
from feedback_loop.methods.segments.sentence_marks import Fences, Span, is_heading, sentence_ends
from feedback_loop.methods.segments.word_kinds import Words, kind_of

MIN_UNIT_WORDS = 2
MIN_CONTENT_WORDS = 2
"""A piece with fewer words, or fewer that say something, joins its neighbour."""

SENTENCE_WORDS = 5
"""So many words say something with a single one that does."""

SHARED_PART = 0.5
"""Neighbours that share this part of the shorter one's words, and two of them, are about the same thing."""

MAX_UNIT_WORDS = 60
"""A longer unit is cut at its commas and conjunctions, so that a text without full stops still comes apart."""


def segment(text: str, protected: Sequence[Span] = ()) -> list[Span]:
    """The spans of the complaint units of a normalised text: ascending, disjoint, without blanks at their ends."""
    fences, words = Fences.around(protected), Words(text)
    sentences = _cut(text, (0, len(text)), fences.let_through(sentence_ends(text)))
    pieces = [part for sentence in sentences for part in _cut(text, sentence, fences.let_through(clause_cuts(text, sentence, words)))]
    units = _joined(text, pieces, words) if len(pieces) > 1 else pieces
    return [part for unit in units for part in _split_long(text, unit, fences, words)]


def _cut(text: str, span: Span, cuts: Iterable[int]) -> list[Span]:
    """The pieces between the cuts, without blanks at their ends and without empty ones."""
    inner = [cut for cut in cuts if span[0] < cut < span[1]]
    edges = [span[0], *inner, span[1]]
    return [piece for start, end in pairwise(edges) if (piece := _stripped(text, start, end))]


def _stripped(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    start, end = end - len(part.lstrip()), start + len(part.rstrip())
    return (start, end) if start < end else None


class _Unit(NamedTuple):
    """Pieces that belong together so far, and what they say."""

    span: Span
    said: Side
    is_held_back: bool

    def with_piece(self, piece: _Unit) -> _Unit:
        said = self.said._replace(
            words=self.said.words + piece.said.words,
            saying=self.said.saying + piece.said.saying,
            things=self.said.things | piece.said.things,
            fields=self.said.fields | piece.said.fields,
        )
        return _Unit((self.span[0], piece.span[1]), said, self.is_held_back and piece.is_held_back)


def _joined(text: str, pieces: Sequence[Span], words: Words) -> list[Span]:
    """Pieces that say nothing of their own joined to the one before; at the beginning, to the one after."""
    units: list[_Unit] = []
    for span in pieces:
        said = side(words.between(*span))
        piece = _Unit(span, said, is_held_back=not _says_something(text, span, said))
        is_pendant = piece.is_held_back and not clause_marks.OPENS.match(text, *span)
        if units and (units[-1].is_held_back or is_pendant or _goes_on(text, units[-1], piece)):
            units[-1] = units[-1].with_piece(piece)
        else:
            units.append(piece)
    return [unit.span for unit in units]


def _says_something(text: str, piece: Span, said: Side) -> bool:
    """Whether a piece is more than a few words, a heading, an exclamation or a plea."""
    if said.words < MIN_UNIT_WORDS or is_heading(text, piece):
        return False
    return said.saying >= MIN_CONTENT_WORDS or bool(said.fields) or (said.saying > 0 and said.words >= SENTENCE_WORDS)


def _goes_on(text: str, unit: _Unit, piece: _Unit) -> bool:
    """Whether a piece speaks of what the unit before it named; long ones are left apart."""
    if unit.said.words + piece.said.words > MAX_UNIT_WORDS // 2:
        return False
    are_other_fields = bool(unit.said.fields and piece.said.fields) and not unit.said.fields & piece.said.fields
    if clause_marks.POINTS_BACK.match(text, *piece.span):
        return not are_other_fields
    again = clause_marks.NAMED_AGAIN.match(text, *piece.span)
    if again and kind_of(again["thing"]).stem in unit.said.things:
        return True
    shared = len(unit.said.things & piece.said.things)
    return shared >= MIN_CONTENT_WORDS and shared >= SHARED_PART * min(len(unit.said.things), len(piece.said.things))


def _split_long(text: str, unit: Span, fences: Fences, words: Words) -> list[Span]:
    """An overlong unit cut at the weak boundary nearest to its middle, again and again."""
    if unit[1] - unit[0] < 2 * MAX_UNIT_WORDS or len(words.between(*unit)) <= MAX_UNIT_WORDS:
        return [unit]
    margin = (unit[1] - unit[0]) // 5
    ends = [*sentence_ends(text[slice(*unit)])]
    weak = [unit[0] + end for end in ends] or [m.start() for m in clause_marks.WEAK_BOUNDARY.finditer(text, *unit)]
    cuts = [cut for cut in fences.let_through(weak) if unit[0] + margin <= cut <= unit[1] - margin]
    if not cuts:
        return [unit]
    middle = (unit[0] + unit[1]) // 2
    pieces = _cut(text, unit, [min(cuts, key=lambda cut: (abs(cut - middle), cut))])
    return [part for piece in pieces for part in _split_long(text, piece, fences, words)]
