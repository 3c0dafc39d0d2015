"""What of a text that a model wrote is kept: the sentences that cite only what the model was shown.

A citation is an id in square brackets, `[q1]` or `[q1, d2]`, within its sentence or behind its stop. A sentence without one, or with one
that was not shown (invented, or of a document that the reader may not see and that was therefore not given), is cut whole. The rule that is
easy to break: where it is doubtful whether a sentence ends, it ends; two sentences must never share a citation that only one of them has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MARK = re.compile(r"\s*\[([^\[\]]*)\]")
_STRAY = re.compile(r"[\[\]]")
_STOPS = ".!?…。！？｡।؟۔።"
_CLOSING = "\"'”’»)」』）"
_LATE_MARKS = re.compile(rf"([{_STOPS}]+[{_CLOSING}]*)\s*((?:\[[^\[\]]*\]\s*)+)")
_SUFFIX = r"\.(?:cfg|com|conf|csv|env|html|ini|io|java|js|json|log|md|net|org|pdf|py|sh|sql|toml|ts|txt|xml|yaml|yml)(?![^\W_])"
"""The end of the name of a file or a host, which is a part of its word."""

_END = re.compile(
    rf"(?:[。！？｡।؟۔።]+|[.!?…]+(?=[{_CLOSING}]*(?:\s|\Z))|(?<=[^\W\d_]{{2}})(?!{_SUFFIX})[.!?…]+(?=[{_CLOSING}]*[^\W\d_])"
    rf"|(?<=\d)[.!?…]+(?=[{_CLOSING}]*[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]))[{_CLOSING}]*|\n+"
)
"""A stop before a blank or the end, a stop of a script without blanks, a stop whose blank was forgotten between two words, or between a
number and a capital, a line."""

_NO_END = re.compile(
    r"(?<![^\W_])(?:(?i:e\.g|i\.e|eg|ie|vs|mr|ms|mrs|dr|z\.b|bzw|d\.h|p\.ej)\.\s"
    r"|(?i:no|nr|ver|vers|fig|approx)\.\s+(?=\d)"
    r"|(?:[^\W\d_]|(?i:approx|incl|excl|u\.a))\.\s+(?=[a-z\u00df-\u00f6\u00f8-\u00ff]))"
)
"""Full stops that end no sentence: behind an abbreviation, before a number, behind a single letter where what follows is written small."""


@dataclass(frozen=True)
class CitedSentence:
    """A sentence without its citations, and the ids that it cites, in their order."""

    text: str
    cited_ids: tuple[str, ...]

    @property
    def with_citations(self) -> str:
        """The sentence with its ids before its stop."""
        body = self.text.rstrip(_STOPS + _CLOSING + " ")
        return f"{body} [{', '.join(self.cited_ids)}]{self.text[len(body) :].lstrip()}"


@dataclass(frozen=True)
class Grounded:
    """What is left of a text; nothing at all means that nothing may be said."""

    sentences: tuple[CitedSentence, ...]
    cut_count: int

    @property
    def text(self) -> str:
        """The sentences with the ids that they cite."""
        return " ".join(sentence.with_citations for sentence in self.sentences)

    @property
    def cited_ids(self) -> tuple[str, ...]:
        """Every id that is cited, once."""
        return tuple(dict.fromkeys(cited for sentence in self.sentences for cited in sentence.cited_ids))


def grounded(text: str, given: Mapping[str, str]) -> Grounded:
    """The text without what cites nothing, or something else than was given: the name by which a model knew it, and its id."""
    told = [(sentence, _cited(sentence)) for sentence in _sentences(text)]
    kept = [
        CitedSentence(without_citations(sentence), tuple(dict.fromkeys(given[name] for name in names)))
        for sentence, names in told
        if names and all(name in given for name in names) and not _STRAY.search(without_citations(sentence))
    ]
    return Grounded(tuple(kept), len(told) - len(kept))


def without_citations(text: str) -> str:
    """The text without anything in square brackets."""
    return re.sub(r"\s+", " ", _MARK.sub("", text)).strip()


def _sentences(text: str) -> Iterable[str]:
    """The sentences of the text, each with the citations behind its stop; what holds no word is none."""
    moved, start = _LATE_MARKS.sub(lambda found: f" {' '.join(found[2].split())}{found[1]} ", text), 0
    for end in [*_ends(moved), len(moved)]:
        sentence, start = moved[start:end], end
        if re.search(r"\w", without_citations(sentence)):
            yield sentence


def _ends(text: str) -> Iterable[int]:
    """Where a sentence ends."""
    no_ends = {found.start() + found[0].rindex(".") for found in _NO_END.finditer(text)}
    return [found.end() for found in _END.finditer(text) if found.start() not in no_ends]


def _cited(sentence: str) -> list[str]:
    return [name.strip() for mark in _MARK.findall(sentence) for name in re.split(r"[,;]", mark)]
