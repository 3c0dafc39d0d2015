"""The names and addresses of the person who speaks: found because the source record tells them, or because the person says so.

Here: detectors made of one record's own fields (`of_person`), and one for names that a sign-off or a phrase announces
(`announced_names`). What has a shape, such as a mail address, is in `detectors`. The rules that are easy to break: one part of a name is
looked for only where it is written as a name (a customer called Will still asks "will you …"); and a finding never reaches over a bracket,
because placeholders are written in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data.cued import Cued
from feedback_loop.methods.personal_data.detectors import Detector
from feedback_loop.methods.stop_words import STOP_WORDS

_MIN_PART, _MIN_ADDRESS, _MIN_LOCAL_PART = 3, 6, 5
_TITLES = frozenset(re.findall(r"\w+", "mr mrs ms miss dr prof herr frau mme mlle sr sra señor señora sig sigra dhr mevr shri smt jr"))
_WORD = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r"\w+")
_BETWEEN = r"[\s,.;'’‘`´_/#–-]{0,4}"
_SPACELESS = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts in which a name is not parted from the words around it."""

_ALSO_WORDS = frozenset(
    re.findall(
        r"\w+",
        "amber angel april art autumn baker banks bell berry best bill bird bishop black bob brook brown burn bush case cash chance chase "
        "chip christian church cook cross dawn day dean dollar drew duke earl east faith field fish ford fox frank gold good grace gray "
        "green guy hall hart hill holly hope hunt hunter iris ivy jack jewel joy june king knight lane law little long love major mark "
        "mason max may miles mills moon moore north page park pat penny pepper pierce pope power price prince rich rose ruby sharp short "
        "silver sky small star stone street strong sue summer swift walker ward waters west white will winter wood young ernst lang klein "
        "gross kurz reich fuchs wolf winter sommer kaiser koch sol luz paz rosa blanco rey cruz",
    )
)
"""Names that are everyday words, too: one of them by itself is a name only where it is written as one."""

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
    if any(map(lower.__contains__, _CUES)):
        yield from _names(_SAID.finditer(text))
    last_word = text[-_END:].rsplit(None, 1)[-1:]
    if last_word and last_word[0][:1].isupper():
        yield from _names(_SIGNED.finditer(text, max(0, len(text) - _END)))


def _names(matches: Iterable[re.Match[str]]) -> Iterator[Cued]:
    return ((match.start(), *match.span("name")) for match in matches if match["name"].lower() not in STOP_WORDS)


ANNOUNCED_NAMES = Detector(PersonalDataType.NAME, announced_names)


@lru_cache(maxsize=4096)
def _name_detector(name: str | None) -> Detector | None:
    words = [word for word in _WORD.findall(name or "") if word.lower() not in _TITLES]
    is_spaceless = bool(_SPACELESS.search("".join(words)))
    if len("".join(words)) < (2 if is_spaceless else _MIN_PART):
        return None
    wholes = [_BETWEEN.join(map(_spelt, order)) for order in (words, [*words[-1:], *words[:-1]]) if len(words) > 1 or is_spaceless]
    parts = [form for word in words if len(word) >= _MIN_PART for form in _written_as_name(word)]
    pattern = f"(?:{'|'.join([*(f'(?i:{whole})' for whole in wholes), *parts])})"
    if not wholes and not parts:
        return None
    return _of_pattern(PersonalDataType.NAME, pattern if is_spaceless else rf"(?<![^\W_]){pattern}(?![^\W\d_])")


def _written_as_name(word: str) -> tuple[str, ...]:
    """A part of a name by itself: in any case where it is no everyday word; else with a capital, unless it is among the commonest."""
    lower = word.lower()
    if lower in STOP_WORDS:
        return ()
    if lower in _ALSO_WORDS:
        return tuple(re.escape(form) for form in dict.fromkeys((word, word.capitalize(), word.upper())))
    return (f"(?i:{_spelt(word)})",)


def _spelt(word: str) -> str:
    """A pattern of the word with and without its diacritics; whoever has no such key writes ss, ue or plain u."""
    return "".join(map(_letter, word.replace("ss", "ß")))


def _letter(letter: str) -> str:
    plain = unicodedata.normalize("NFD", letter)[0]
    if letter == "ß":
        return "(?:ß|ss)"
    if plain == letter:
        return re.escape(letter)
    return f"(?:{re.escape(letter)}|{re.escape(plain)}e?)"


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
    whole = _BETWEEN.join(map(_spelt_piece, pieces))
    parts = "|".join(_BETWEEN.join(map(_spelt_piece, _PIECE.findall(line))) for line in lines)
    return _of_pattern(PersonalDataType.ADDRESS, rf"(?<!\w)(?i:{whole}|{parts})(?!\w)")


def _spelt_piece(piece: str) -> str:
    """A piece of an address, streets also as they are shortened."""
    stem = re.sub(r"(?i)(?:stra(?:ß|ss)e|street|str)\Z", "", piece)
    return _spelt(piece) if stem == piece else rf"{_spelt(stem)}(?:stra(?:ß|ss)e|street|str?\.?)"


def _is_telling(line: str) -> bool:
    """Whether one line of an address says where somebody lives: a name and a number; a city alone is shared by many."""
    return len(line.strip()) >= _MIN_ADDRESS and any(map(str.isdigit, line)) and any(map(str.isalpha, line))


def _of_pattern(kind: PersonalDataType, pattern: str) -> Detector:
    compiled = re.compile(pattern)

    def find(text: str) -> Iterator[Cued]:
        return ((m.start(), m.start(), m.end()) for m in compiled.finditer(text) if "[" not in m[0] and "]" not in m[0])

    return Detector(kind, find)
