"""The names and addresses of the person who speaks: found because the source record tells them, or because the person says so.

Here: detectors made of one record's own fields (`of_person`), and one for names that a sign-off or a phrase announces
(`announced_names`). What has a shape, such as a mail address, is in `detectors`. The rules that are easy to break: one part of a name is
looked for only where it is written as a name (a customer called Will still asks "will you …"); and a finding never reaches over a bracket,
because placeholders are written in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.detectors import Cued, Detector
from feedback_loop.methods.stop_words import STOP_WORDS

_MIN_PART, _MIN_ADDRESS, _MIN_LOCAL_PART = 3, 6, 5
_TITLES = frozenset(re.findall(r"\w+", "mr mrs ms miss dr prof herr frau mme mlle sr sra señor señora sig sigra dhr mevr shri smt jr"))
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECE = re.compile(r"\w+")
_BETWEEN = r"[\s,.;'’/#-]{0,4}"

_NAME_WORD = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_NAME = rf"{_NAME_WORD}(?:[ \u00a0](?:(?:de|del|der|van|von|la|le|al|bin|da|dos)[ \u00a0])?{_NAME_WORD}){{0,2}}"
_SIGN_OFF = (
    r"regards|best wishes|kind wishes|many thanks|thanks|thank you|thx|cheers|sincerely|yours truly|yours faithfully|"
    r"gr(?:ü|ue)(?:ß|ss)en?|mfg|lg|vielen dank|danke|cordialement|merci|saludos|atentamente|gracias|saluti|grazie|atenciosamente|"
    r"obrigad[oa]|groet(?:en)?"
)
_CUES = ("name", "heiße", "heisse", "appelle", "nom est", "llamo", "nombre", "chiamo", "nome", "naam")
_SAID = re.compile(
    r"(?i:\b(?:my (?:full )?name is|my name's|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|mon nom est|me llamo|mi nombre es|"
    rf"mi chiamo|meu nome é|mijn naam is))\s+(?P<name>{_NAME})"
)
_SIGNED = re.compile(rf"(?:(?i:\b(?:{_SIGN_OFF}))[ ]?[,.!]?[ ]*[\n,–—-][ ]*|\n[–—~-]{{1,2}} ?)(?P<name>{_NAME})\.?\s*\Z")
_END = 120
"""Characters at the end of a text in which a sign-off and the name after it must stand."""


def of_person(name: str | None = None, email: str | None = None, address: str | None = None) -> tuple[Detector, ...]:
    """What finds the person whose fields these are; nothing for empty ones."""
    made = (_name_detector(name), _email_detector(email), _address_detector(address))
    return tuple(detector for detector in made if detector)


def announced_names(text: str) -> Iterator[Cued]:
    """The names after "my name is" and its like, and after a sign-off at the end of the text."""
    lower = text.lower()
    if any(cue in lower for cue in _CUES):
        yield from _names(_SAID.finditer(text))
    last_word = text[-_END:].split()[-1:]
    if last_word and last_word[0][:1].isupper():
        yield from _names(_SIGNED.finditer(text, max(0, len(text) - _END)))


def _names(matches: Iterable[re.Match[str]]) -> Iterator[Cued]:
    return ((match.start(), *match.span("name")) for match in matches if match["name"].lower() not in STOP_WORDS)


ANNOUNCED_NAMES = Detector(PersonalDataType.NAME, announced_names)


@lru_cache(maxsize=4096)
def _name_detector(name: str | None) -> Detector | None:
    words = [word for word in _WORD.findall(name or "") if word.lower() not in _TITLES]
    if not words or len("".join(words)) < _MIN_PART:
        return None
    whole = _BETWEEN.join(map(re.escape, words))
    turned = _BETWEEN.join(map(re.escape, words[::-1]))
    parts = "|".join(form for word in words if len(word) >= _MIN_PART for form in _written_as_name(word))
    pattern = rf"(?<!\w)(?:(?i:{whole}|{turned})" + (rf"|(?:{parts})" if parts else "") + r")(?!\w)"
    return _of_pattern(PersonalDataType.NAME, pattern)


def _written_as_name(word: str) -> tuple[str, ...]:
    """A part of a name by itself: with a capital or in capitals; in any case where it is no everyday word."""
    if word.lower() in STOP_WORDS:
        return ()
    return tuple(re.escape(form) for form in dict.fromkeys((word, word.capitalize(), word.upper())))


@lru_cache(maxsize=4096)
def _email_detector(email: str | None) -> Detector | None:
    local, _, domain = (email or "").strip().partition("@")
    if not local or not domain:
        return None
    rest = rf"(?:\s?@\s?{re.escape(domain)}){'?' if _tells_apart(local) else ''}"
    return _of_pattern(PersonalDataType.EMAIL, rf"(?<![\w.])(?i:{re.escape(local)}{rest})(?!\w)")


def _tells_apart(local: str) -> bool:
    """Whether the part before the @ is no everyday word."""
    return len(local) >= _MIN_LOCAL_PART and not local.isalpha()


@lru_cache(maxsize=4096)
def _address_detector(address: str | None) -> Detector | None:
    pieces = _PIECE.findall(address or "")
    lines = [line.strip() for line in re.split(r"[\n,;]+", address or "") if _is_telling(line)]
    if len("".join(pieces)) < _MIN_ADDRESS or not lines:
        return None
    whole = _BETWEEN.join(map(re.escape, pieces))
    parts = "|".join(_BETWEEN.join(map(re.escape, _PIECE.findall(line))) for line in lines)
    return _of_pattern(PersonalDataType.ADDRESS, rf"(?<!\w)(?i:{whole}|{parts})(?!\w)")


def _is_telling(line: str) -> bool:
    """Whether one line of an address says where somebody lives: a name and a number; a city alone is shared by many."""
    return len(line.strip()) >= _MIN_ADDRESS and any(map(str.isdigit, line)) and any(map(str.isalpha, line))


def _of_pattern(kind: PersonalDataType, pattern: str) -> Detector:
    compiled = re.compile(pattern)

    def find(text: str) -> Iterator[Cued]:
        return ((m.start(), m.start(), m.end()) for m in compiled.finditer(text) if "[" not in m[0] and "]" not in m[0])

    return Detector(kind, find)
