"""What a word can tell about its clause: its stem, the field that it belongs to, whether it says something, whether it is a verb.

Here: how a text falls into words, and one look-up by word. The lists are `word_lists`; what follows for a text is `clauses` and
`cutting`. The rule that is easy to break: a word is judged without its neighbours, so that the answer can be remembered.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from feedback_loop.methods.segments.word_lists import FAILING, FIELD_OF, FILLERS, PRAISING, VERBS
from feedback_loop.methods.stop_words import NEGATIONS, STOP_WORDS

_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHAR = rf"(?:[^\W_{_SPACELESS}]|[{_MARKS}])"
WORD = re.compile(rf"[{_SPACELESS}]{{1,2}}|{_CHAR}+(?:(?:['’-]|\.(?=\w(?!\w)|\d)){_CHAR}+)*")
"""One word; where a script writes none apart, two characters count as one."""

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:(?:['-]|\.(?=\w(?!\w)|\d))[A-Za-z0-9]+)*")
_ELISION = re.compile(r"\A(?:[cdjlmnst]|qu|un|dell|nell|all)'(?=\w\w)")
_STEM_CHARS = 6
_CACHED_WORDS = 65536

_SHORTEST_BEGINNING, _LONGEST_BEGINNING = 5, 10
_SHORTEST_STEM = 3
_PAST = re.compile(r"[a-z]{2,}[^e\W]ed\Z")


class WordKind(NamedTuple):
    """One word, judged without its neighbours."""

    stem: str
    field: str | None
    says_something: bool
    is_verb: bool
    is_praise: bool
    is_negative: bool


@lru_cache(maxsize=_CACHED_WORDS)
def kind_of(word: str) -> WordKind:
    """The kind of a word, whatever its case."""
    lower = _ELISION.sub("", word.lower().replace("’", "'"))
    field = _field_of(lower)
    is_filler = (lower in FILLERS or lower in STOP_WORDS) and field is None
    is_verb = lower in VERBS or lower.endswith("n't") or _PAST.match(lower) is not None
    return WordKind(
        _stem(lower),
        field,
        not is_filler and not any(map(str.isdigit, lower)),
        is_verb,
        lower in PRAISING,
        lower in NEGATIONS or lower.endswith("n't") or lower in FAILING,
    )


def _field_of(word: str) -> str | None:
    if word in FIELD_OF:
        return FIELD_OF[word]
    for length in range(min(len(word), _LONGEST_BEGINNING), _SHORTEST_BEGINNING - 1, -1):
        if word[:length] in FIELD_OF:
            return FIELD_OF[word[:length]]
    return None


def _stem(word: str) -> str:
    """Word forms of one word mostly fall together: a plural or past ending is dropped, and the rest of a long word."""
    for ending in ("'s", "ies", "ing", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    return word[:_STEM_CHARS]


class Words:
    """The words of a text; found when they are first asked for, since most texts need none."""

    __slots__ = ("_looked_up", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._looked_up: tuple[list[int], list[WordKind]] | None = None

    @property
    def starts(self) -> list[int]:
        """Where each word begins."""
        return self._found()[0]

    @property
    def kinds(self) -> list[WordKind]:
        """What each word is."""
        return self._found()[1]

    def _found(self) -> tuple[list[int], list[WordKind]]:
        if self._looked_up is None:
            matches = [*(_ASCII_WORD if self._text.isascii() else WORD).finditer(self._text)]
            self._looked_up = [match.start() for match in matches], [kind_of(match.group()) for match in matches]
        return self._looked_up

    def first_from(self, offset: int) -> int:
        """The number of the first word that begins at the offset or behind it."""
        return bisect_left(self.starts, offset)

    def between(self, start: int, end: int) -> list[WordKind]:
        """The words that begin between two offsets."""
        return self.kinds[self.first_from(start) : self.first_from(end)]
