"""Sentences that complain of two things cut between them: evidence for and against a new topic at each place where a clause may begin.

Here: the places, the evidence and its weights: whole numbers, set by hand after the signs that a logistic regression showed on training
halves of public data (`feedback_loop_tests/benchmarks/segmentation.py`). The rule that is easy to break: where a side says nothing, or
could not stand by itself, a sentence stays whole, however many connectives it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from feedback_loop.methods.segments import clause_marks as marks
from feedback_loop.methods.segments.sentence_marks import Span
from feedback_loop.methods.segments.word_kinds import WordKind, Words

ENOUGH_EVIDENCE = 3
"""A clause begins a unit from here on."""

MIN_SIDE_WORDS = 2
"""Words that either side needs."""

_CONTRAST, _DOTS, _CONCESSION, _ADDITION, _COORDINATION, _PAUSE, _STRONG_PAUSE = 3, 2, 1, 2, 0, -1, 0
_TWO_STORIES, _ONE_STORY = 2, -2
_PAUSES = {",": _PAUSE, "，": _PAUSE, "、": _PAUSE, "،": _PAUSE, ".": _DOTS, "…": _DOTS}
_FEW_SIDE_WORDS, _SIDE_WORDS, _LONG_SIDE_WORDS, _SAYING_WORDS = 3, 4, 6, 2
_WORDS_BEFORE, _WORDS_AFTER = 25, 14
_VIEW_CHARS = 300
_CONNECTIVE_CHARS = 20


class Candidate(NamedTuple):
    """A place where a clause may begin: its first character, the first one behind the connective, and what the connective is worth."""

    cut: int
    body: int
    worth: int
    is_pause: bool


class Side(NamedTuple):
    """What the words next to a place say."""

    words: int
    saying: int
    things: frozenset[str]
    fields: frozenset[str]
    has_verb: bool
    is_negative: bool
    is_praise: bool


def clause_cuts(text: str, sentence: Span, words: Words) -> Iterator[int]:
    """The offsets within a sentence at which another complaint begins."""
    places = [*_candidates(text, sentence), *_unmarked(text, sentence)]
    if not places:
        return
    begin, end = words.first_from(sentence[0]), words.first_from(sentence[1])
    is_subordinate = bool(marks.SUBORDINATE.match(text, *sentence))
    for place in sorted(places):
        if is_subordinate and place.is_pause:
            is_subordinate = False
            continue
        split, body = words.first_from(place.cut), words.first_from(place.body)
        if min(split - begin, end - body) < MIN_SIDE_WORDS:
            continue
        before = side(words.kinds[max(begin, split - _WORDS_BEFORE) : split])
        after = side(words.kinds[body : min(end, body + _WORDS_AFTER)])
        if _evidence(text, place, sentence[1], before, after, words.kinds[body]) >= ENOUGH_EVIDENCE:
            yield place.cut
            begin = split


def side(kinds: Sequence[WordKind]) -> Side:
    """The words taken together."""
    said, things, fields = set(), set(), set()
    has_verb = is_negative = is_praise = False
    for stem, field, says_something, is_verb, praises, negates in kinds:
        if says_something:
            said.add(stem)
            if not is_verb:
                things.add(stem)
        if field:
            fields.add(field)
        has_verb, is_praise, is_negative = has_verb or is_verb, is_praise or praises, is_negative or negates
    return Side(len(kinds), len(said), frozenset(things), frozenset(fields), has_verb, is_negative, is_praise)


def _candidates(text: str, sentence: Span) -> Iterator[Candidate]:
    start, end = sentence
    lower = text[start:end].lower()
    if len(lower) != end - start:
        lower = text[start:end]
    is_concession = bool(marks.CONCESSIVE.match(lower))
    for match in marks.BOUNDARY.finditer(lower):
        word = match["after"] or match["wide"] or match["word"] or ""
        cut = match.end() - len(word)
        worth = _worth(word) if word else _PAUSES.get(match["pause"][0], _STRONG_PAUSE)
        if is_concession and match["pause"]:
            worth, is_concession = _CONCESSION, False
        yield Candidate(start + cut, start + match.end(), worth, not word)


def _unmarked(text: str, sentence: Span) -> Iterator[Candidate]:
    """Sentences that begin without a mark; behind a connective, the connective begins them."""
    for match in marks.UNMARKED.finditer(text, *sentence):
        place = match.end()
        if text[text.rfind(" ", max(sentence[0], place - _CONNECTIVE_CHARS), place - 1) + 1].isupper():
            continue  # the writer begins many words so
        word = marks.LAST_CONNECTIVE.search(text, max(sentence[0], place - _CONNECTIVE_CHARS), place)
        yield Candidate(word.start(1) if word else place, place, _DOTS, is_pause=False)


def _worth(connective: str) -> int:
    if connective in marks.CONTRAST:
        return _CONTRAST
    if connective in marks.CONCESSION:
        return _CONCESSION
    return _ADDITION if connective in marks.ADDITION else _COORDINATION


def _evidence(text: str, place: Candidate, end: int, before: Side, after: Side, first: WordKind) -> int:
    """How much speaks for a new topic; nothing does where a side says nothing or cannot stand by itself."""
    saying, fewest = min(before.saying, after.saying), min(before.words, after.words)
    body = place.body + (text[place.body : place.body + 1] == " ")
    view = (body, min(end, body + _VIEW_CHARS))
    are_other_fields = bool(before.fields and after.fields) and not before.fields & after.fields
    if not saying or (not are_other_fields and marks.POINTS_BACK.match(text, *view)):
        return 0
    worth = _contrast(before, after) if place.worth == _CONTRAST else place.worth
    has_subject = bool(marks.NEW_SUBJECT.match(text, *view))
    if are_other_fields and not has_subject:
        has_subject = bool(marks.UNSAID_SUBJECT.match(text, *view)) or (first.says_something and not first.is_verb)
    elif (first.is_verb or first.is_negative) and not has_subject:
        return 0
    if place.worth < _DOTS and not (before.has_verb and after.has_verb and (has_subject or marks.SPEAKER.match(text, *view))):
        return 0
    if fewest < _FEW_SIDE_WORDS and not (are_other_fields and place.worth == _CONTRAST):
        return 0
    is_other = are_other_fields and worth != _ONE_STORY
    length = (fewest >= _SIDE_WORDS) + (fewest >= _LONG_SIDE_WORDS)
    return worth + length + (saying >= _SAYING_WORDS) + is_other + has_subject - bool(before.things & after.things)


def _contrast(before: Side, after: Side) -> int:
    """What a contrast is worth: less than nothing where it tells one story, of what was done and that nothing came of it."""
    is_one_story = after.is_negative and not (before.is_negative or before.is_praise)
    return _ONE_STORY if is_one_story else _TWO_STORIES
