"""The severity words of a text: which grave things it speaks of, found by a fixed lexicon of phrases in several languages.

The phrases live as data in `urgency.yaml`, and so does what each kind weighs; how urgent a fragment then is, `triage` decides. A text is
searched by the phrases of its own language and the English ones, one of unknown or unlisted language by all. The rule that is easy to
break: only the name of a kind ever leaves here, never the customer's words; and a kind that is negated ("no data loss") was not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from feedback_loop.errors import BadInput

_BETWEEN = r"[^\w.!?;\n]+"
"""What may stand between two words of one phrase: no end of a sentence."""

_GAP = "..."
_GAP_WORDS = 3
_BEFORE_CHARS = 60
_EVERYWHERE = "en"

Phrases = Mapping[str, Mapping[str, Sequence[str]]]
"""The phrases of each kind, by language."""


@dataclass(frozen=True)
class SeverityWords:
    """The compiled lexicon; `negations` by language and `fillers` are words that may turn a phrase around from before it."""

    phrases: Phrases
    negations: Mapping[str, Sequence[str]]
    fillers: Sequence[str]

    def said_in(self, text: str, language: str | None) -> frozenset[str]:
        """The kinds of grave things that the text says, without those that it denies."""
        lexicon = self._lexicons.get(language or "", self._whole)
        if not lexicon.any_kind.search(text):
            return frozenset()
        return frozenset(kind for kind, pattern in lexicon.by_kind.items() if _is_said(text, pattern, lexicon.denial))

    @property
    def languages(self) -> frozenset[str]:
        """Languages that have phrases of their own."""
        return frozenset(language for by_language in self.phrases.values() for language in by_language)

    @cached_property
    def _lexicons(self) -> dict[str, _Lexicon]:
        return {language: self._lexicon(frozenset({language, _EVERYWHERE})) for language in self.languages}

    @cached_property
    def _whole(self) -> _Lexicon:
        return self._lexicon(self.languages)

    def _lexicon(self, languages: frozenset[str]) -> _Lexicon:
        forms = {
            kind: "|".join(phrase_pattern(phrase) for language in sorted(languages & set(said)) for phrase in said[language])
            for kind, said in self.phrases.items()
        }
        by_kind = {kind: _whole_words(form) for kind, form in forms.items() if form}
        return _Lexicon(_whole_words("|".join(filter(None, forms.values()))), by_kind, self._denial(languages))

    def _denial(self, languages: frozenset[str]) -> re.Pattern[str]:
        """What turns a phrase around from before it: a negation, then nothing but fillers."""
        words = [word for language in sorted(languages & set(self.negations)) for word in self.negations[language]]
        negated = "|".join(r"\w+n['’]t" if word == "n't" else rf"(?<!\w){re.escape(word)}" for word in words)
        fillers = "|".join(re.escape(word) for word in self.fillers)
        return re.compile(rf"(?:{negated})(?:{_BETWEEN}(?:{fillers}))*{_BETWEEN}$", re.IGNORECASE)


class _Lexicon(NamedTuple):
    """What one language is searched by; a text that `any_kind` does not find needs no closer look."""

    any_kind: re.Pattern[str]
    by_kind: Mapping[str, re.Pattern[str]]
    denial: re.Pattern[str]


def _is_said(text: str, pattern: re.Pattern[str], denial: re.Pattern[str]) -> bool:
    starts = (match.start() for match in pattern.finditer(text))
    return any(not denial.search(text[max(0, start - _BEFORE_CHARS) : start]) for start in starts)


def _whole_words(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{form})(?!\w)", re.IGNORECASE)


def phrase_pattern(phrase: str) -> str:
    """The regular expression of a phrase: whole words, `*` for the rest of a word, `(a|b)` for one of several, `...` for up to three words.

    Raises BadInput where a bracket is left open or the phrase begins or ends with a gap.
    """
    parts = [part for part in re.split(r"(\([^()]*\))|\s+", phrase.strip()) if part]
    if not parts or _GAP in (parts[0], parts[-1]) or any(part.count("(") != part.count(")") for part in parts):
        raise BadInput(f"the phrase '{phrase}' can't be read. Close its brackets, and let it begin and end with a word.")
    made = ""
    for number, part in enumerate(parts):
        if part == _GAP:
            made += rf"(?:{_BETWEEN}\w+){{0,{_GAP_WORDS}}}?"
        else:
            made += (_BETWEEN if number else "") + _part_pattern(part)
    return made


def _part_pattern(part: str) -> str:
    if part.startswith("("):
        return "(?:" + "|".join(_BETWEEN.join(map(_word_pattern, choice.split())) for choice in part[1:-1].split("|")) + ")"
    return _word_pattern(part)


def _word_pattern(word: str) -> str:
    """An apostrophe may be typed either way or be left out."""
    return re.escape(word).replace(r"\*", r"\w*").replace("'", "['’]?")
