"""Phone numbers: candidates by a cheap expression, judged by the numbering plans of `phonenumbers`.

Here: which digit groups are a phone number. Runs of nine digits that are none are hidden all the same (`accounts`). The rule that is easy
to break: the numbering plans cost about a millisecond per text, so nothing but a candidate may reach them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers

Cued = tuple[int, int, int]

DEFAULT_REGIONS = ("IN", "US", "GB", "DE", "FR", "ES")
"""Countries in whose national notation a number without a country code is read; no candidate is shown more than these."""

_EXTENSION = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?"
_CANDIDATE = re.compile(rf"(?<![\w.])[+＋(]?\d(?:[ ().\-/‐‑–\u00a0]{{0,3}}\d){{6,16}}(?!\d){_EXTENSION}", re.IGNORECASE)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}" + _EXTENSION, re.IGNORECASE)
_PAIRS = re.compile(r"\d\d([-. ])\d\d(?:\1\d\d){2,3}")
_INTERNATIONAL = re.compile(r"(?:[+＋]|00)[1-9]|\(\+?\d{1,5}\)[ -]?\d|\+?\d{1,3} ?\(\d")
_ROUND_GROUPS = re.compile(r"\d*00(?: \d*00)+\Z")
_CUED = re.compile(
    r"\b(?:phone|telephone|mobile|mob|tel|cell|whatsapp|call(?:ed|ing)?|answer(?:ing)?|reach|ring|contact|registered|fax|telefon|"
    r"handy|móvil|teléfono|téléphone|portable)"
    r"(?: ?(?:me|us|back|at|on|no|number|num|nummer|nr|numéro|número|is|ist|est|es)\b){0,3}[.:#]{0,2}\s?"
    rf"(?P<value>[+＋(]?\d(?:[ ().\-/]{{0,2}}\d){{5,16}}(?!\d){_EXTENSION})",
    re.IGNORECASE,
)
_MIN_UNCUED_DIGITS = 9
_MAX_LEAD = 4


def phones(text: str, regions: Sequence[str] = DEFAULT_REGIONS) -> Iterator[Cued]:
    """The phone numbers that a cue announces, that are written as such, or that a numbering plan of the regions knows."""
    for match in _CUED.finditer(text):
        yield match.start(), match.start("value"), match.end("value")
    for match in _CANDIDATE.finditer(text):
        for start, end in _judged(match[0], regions):
            yield match.start() + start, match.start() + start, match.start() + end


def _judged(candidate: str, regions: Sequence[str]) -> list[tuple[int, int]]:
    if _NORTH_AMERICAN.fullmatch(candidate) or _PAIRS.fullmatch(candidate) or _INTERNATIONAL.match(candidate):
        return [(0, len(candidate))]
    if sum(map(str.isdecimal, candidate)) < _MIN_UNCUED_DIGITS or _ROUND_GROUPS.match(candidate):
        return []
    for region in regions:
        found = [(m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(candidate, region, leniency=phonenumbers.Leniency.VALID)]
        if found:
            # A digit or three in front are more likely an area code that the region does not have than a word of their own.
            return [(0 if found[0][0] <= _MAX_LEAD else found[0][0], found[0][1]), *found[1:]]
    return []
