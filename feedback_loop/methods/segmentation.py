"""A message cut into complaint units: sentences, joined and split so that each says one thing.

Here: where a text may be cut, and which pieces belong together (R27, R28, R33): one regular expression for boundaries, one rule per reason
to join or split, no model. Sentence marks and connectives are in `sentence_marks`. The rule that is easy to break: a cut never falls inside
a protected span (personal data with its cue), and the spans hold every character that is not a blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from feedback_loop.methods import sentence_marks as marks

Span = tuple[int, int]

MIN_UNIT_WORDS = 2
MIN_CONTENT_WORDS = 2
"""A piece with fewer words, or fewer that say something, joins its neighbour."""

MIN_CLAUSE_WORDS = 4
"""Words that either side of a connective needs to be a unit of its own."""

MAX_UNIT_WORDS = 60
"""A longer unit is cut at its commas and conjunctions, so that a text without full stops still comes apart."""


_VIEW_CHARS = 300
"""How far either side of a possible cut is looked at, so that a hostile text costs no more than its length."""


def segment(text: str, protected: Sequence[Span] = ()) -> list[Span]:
    """The spans of the complaint units of a normalised text: ascending, disjoint, without blanks at their ends."""
    sentences = _cut(text, (0, len(text)), _allowed(marks.sentence_ends(text), protected))
    clauses = [clause for sentence in sentences for clause in _split_at_connectives(text, sentence, protected)]
    return [part for unit in _joined(text, clauses) for part in _split_long(text, unit, protected)]


def _allowed(cuts: Iterable[int], protected: Sequence[Span]) -> list[int]:
    """The cuts that no protected span holds."""
    return [cut for cut in cuts if not any(start < cut < end for start, end in protected)]


def _cut(text: str, span: Span, cuts: Iterable[int]) -> list[Span]:
    """The pieces between the cuts, without blanks at their ends and without empty ones."""
    edges = [span[0], *(cut for cut in cuts if span[0] < cut < span[1]), span[1]]
    return [piece for start, end in pairwise(edges) if (piece := _stripped(text, start, end))]


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _split_at_connectives(text: str, sentence: Span, protected: Sequence[Span]) -> list[Span]:
    """The clauses of a sentence; a connective splits only where either side can stand alone."""
    pieces: list[Span] = []
    rest = sentence
    for match in marks.CONNECTIVE.finditer(text, *sentence):
        before, after = _stripped(text, rest[0], match.start()), _stripped(text, match.start(), sentence[1])
        if before and after and _allowed([match.start()], protected) and _stand_alone(text, before, after, bool(match["contrast"])):
            pieces.append(before)
            rest = after
    return [*pieces, rest]


def _stand_alone(text: str, before: Span, after: Span, is_contrast: bool) -> bool:
    """Whether two clauses are two units: both long enough and, where they contrast, only one of them approving."""
    left, right = text[max(before[0], before[1] - _VIEW_CHARS) : before[1]], text[after[0] : min(after[1], after[0] + _VIEW_CHARS)]
    if is_contrast and bool(marks.PRAISE.search(left)) == bool(marks.PRAISE.search(right)):
        return False
    return min(marks.word_count(left), marks.word_count(right)) >= MIN_CLAUSE_WORDS


def _joined(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Pieces that say nothing of their own joined to the one before; at the beginning, to the one after."""
    units: list[Span] = []
    is_held_back = False
    for piece in pieces:
        says_something = _says_something(text, piece)
        is_pendant = not says_something and not marks.OPENS.match(text, *piece)
        if units and (is_held_back or is_pendant or _goes_on(text, units[-1], piece)):
            units[-1] = (units[-1][0], piece[1])
            is_held_back = is_held_back and not says_something
        else:
            units.append(piece)
            is_held_back = not says_something
    return units


def _says_something(text: str, piece: Span) -> bool:
    """Whether a piece is more than a few words, a heading, an exclamation or a plea."""
    words = text[slice(*piece)]
    return marks.word_count(words) >= MIN_UNIT_WORDS and marks.content_words(words) >= MIN_CONTENT_WORDS and not marks.is_heading(words)


def _goes_on(text: str, unit: Span, piece: Span) -> bool:
    """Whether a piece speaks of what the unit before it named: it begins with a word that points back, and both are short."""
    if piece[1] - unit[0] > _VIEW_CHARS or not marks.POINTS_BACK.match(text, *piece):
        return False
    return marks.word_count(text[unit[0] : piece[1]]) <= MAX_UNIT_WORDS // 2


def _split_long(text: str, unit: Span, protected: Sequence[Span]) -> list[Span]:
    """An overlong unit cut at the weak boundary nearest to its middle, again and again."""
    if marks.word_count(text[slice(*unit)]) <= MAX_UNIT_WORDS:
        return [unit]
    margin = (unit[1] - unit[0]) // 5
    ends = [*marks.sentence_ends(text[slice(*unit)])]
    weak = [unit[0] + end for end in ends] or [m.start() for m in marks.WEAK_BOUNDARY.finditer(text, *unit)]
    cuts = [cut for cut in _allowed(weak, protected) if unit[0] + margin <= cut <= unit[1] - margin]
    if not cuts:
        return [unit]
    middle = (unit[0] + unit[1]) // 2
    pieces = _cut(text, unit, [min(cuts, key=lambda cut: (abs(cut - middle), cut))])
    return [part for piece in pieces for part in _split_long(text, piece, protected)]
