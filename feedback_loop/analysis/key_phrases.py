"""The few words of a fragment that carry its symptom, found by rule, in any language that puts blanks between words.

Here: candidate phrases between function words (after RAKE, Rose et al. 2010), ranked by the symptom words in them. Other kinds of evidence
are in `evidence_patterns`. The rule that is easy to break: a negation belongs to its phrase ("not working"), so it is no function word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from feedback_loop.analysis.evidence_patterns import Span
from feedback_loop.contracts.vocab import EvidenceKind

MOST_PHRASES = 3
_MOST_WORDS = 5
_LONGEST_WORD = 30
_STRONG = 2.0

# Vowel signs and accents are no word characters to Python, though they stand within words.
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
_WORD = re.compile(rf"[^\W_](?:[\w{_MARKS}'’-]*[\w{_MARKS}])?")
_BREAK = re.compile(r"[.!?,;:।()\n\x00\"“”„«»…|/]|\s[-–—]\s")

_PARTICLES = frozenset(("in", "out", "up", "off", "down", "on", "back"))
_TAKES_PARTICLE = re.compile(
    r"(?:log|sign|lock|shut|turn|kick|go|goes|going|start|show|set|sett|add|pick|hang|hung|slow|back|get|throw|block)(?:s|t?ing|g?ed|ging|n)?$"
)


@dataclass(frozen=True)
class PhraseWords:
    """The words by which texts are cut and phrases are ranked."""

    function_words: frozenset[str]
    negations: frozenset[str]
    symptom: re.Pattern[str]


@cache
def phrase_words() -> PhraseWords:
    """The words that come with the package."""
    content = yaml.safe_load((files("feedback_loop.analysis") / "phrase_words.yaml").read_text("utf-8"))
    stems = sorted(content["symptom_stems"].split(), key=len, reverse=True)
    whole = [rf"{word}\b" for word in content["symptom_words"].split()]
    return PhraseWords(
        frozenset(word for words in content["function_words"].values() for word in words.split()),
        frozenset(content["negations"].split()),
        re.compile("|".join([*whole, *stems]), re.IGNORECASE),
    )


class _Word(NamedTuple):
    start: int
    end: int
    folded: str


def key_phrases(text: str, taken: Sequence[Span] = ()) -> list[Span]:
    """At most three phrases of up to five words, strongest first, or the one best where none is strong; none touches a taken span."""
    free = [phrase for phrase in _phrases(text) if not any(phrase[0].start < o.end and o.start < phrase[-1].end for o in taken)]
    ranked = sorted((-_weight(phrase), phrase[0].start, phrase[-1].end) for phrase in free)
    strong = [entry for entry in ranked if entry[0] <= -_STRONG]
    chosen = strong[:MOST_PHRASES] or [entry for entry in ranked if entry[0] < 0][:1]
    return [Span(EvidenceKind.KEY_PHRASE, start, end) for _, start, end in chosen]


def _phrases(text: str) -> Iterator[list[_Word]]:
    """Runs of words without function words, cut at punctuation and after five words."""
    words = phrase_words()
    phrase: list[_Word] = []
    for match in _WORD.finditer(text):
        word = _Word(match.start(), match.end(), match[0].casefold().replace("’", "'"))
        is_joined = bool(phrase) and not _BREAK.search(text, phrase[-1].end, word.start)
        if phrase and (not is_joined or len(phrase) == _MOST_WORDS):
            yield phrase
            phrase = []
        if is_joined and phrase and word.folded in _PARTICLES and _TAKES_PARTICLE.match(phrase[-1].folded):
            phrase.append(word)
            continue
        if word.folded in words.function_words or word.end - word.start > _LONGEST_WORD:
            if phrase:
                yield phrase
            phrase = []
            continue
        phrase.append(word)
    if phrase:
        yield phrase


def _weight(phrase: Sequence[_Word]) -> float:
    """0 for a phrase that tells nothing; symptom words and negations count most, then further words."""
    words = phrase_words()
    symptoms = sum(bool(words.symptom.match(word.folded)) for word in phrase)
    negations = sum(word.folded in words.negations for word in phrase)
    letters = sum(word.folded[0].isalpha() for word in phrase)
    if letters < 2 and not symptoms:
        return 0.0
    return 2.0 * min(symptoms, 2) + 1.5 * min(negations, 1) * (letters > 1) + 0.5 * min(letters, 3)
