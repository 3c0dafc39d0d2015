"""Mojibake: UTF-8 that some program took for another encoding ("FÃ¼r", "donâ€™t", "РґР°"), found and read as it was meant.

Here: which runs of a text are such, and what they say. How the text around them is normalised is `normalising`. A run is a row of
characters whose bytes, in one of a few encodings, are well-formed UTF-8. The rule that is easy to break: a run is judged by itself and the
characters beside it, never by the rest of the text, so that a slice reads as it did within the whole, and a masked text as before; and
chance makes runs too (`É…`, `blíž“`, `café’”` are well-formed), so one counts only where letters and punctuation would not have made it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from feedback_loop.methods.alignment import Replacement

_QUOTES = frozenset("’‘“”„‚…–—•‹›«»\xa0")
"""May follow any letter in a real text."""

_MARKS = _QUOTES | frozenset("™®©°¡¿²³¹€£¢¥§·´\xadŠšŒœŽžŸªº")
"""May follow a letter, too, in fewer languages; `Úž` and `é®` are words and brands, `Å¾` is not."""

_SPOILT_LATIN = "ÂÃÄÅÆ"
_NO_WORD = "ÂÃ"
"""No word begins with one of them and goes on with a mark; `Å…` is a word."""

_NO_WORD_SMALL = "ëì"
_SPOILT_SCRIPTS = "ÐØÙÎÏ"
_LETTERS_OF_SCRIPTS = "ÐÑØÙÚÛÎÏ"
_COMBINING = "Ì"
_VIETNAMESE = re.compile("áº.|á»[^…–—”’]", re.DOTALL)
_CYRILLIC = frozenset("ЁЄІЇёєіїҐґ" + "".join(map(chr, range(0x410, 0x450))))


Judge = Callable[[re.Match[str], str, str], bool]
"""Told the match, its run and what that would say: whether it is no chance."""


class _Reading(NamedTuple):
    """An encoding that UTF-8 was taken for: what its characters were as bytes, the first ones, the runs, and which runs are no chance."""

    to_byte: Mapping[int, int]
    firsts: frozenset[str]
    runs: str
    is_sure: Judge


def may_hold_mojibake(text: str) -> bool:
    """Whether there is any run to judge; false for nearly all texts, and the first look costs a fraction of the second."""
    return not text.isascii() and _PAIRS.search(text) is not None and _RUNS.search(text) is not None


def repaired(text: str) -> Iterator[Replacement]:
    """The runs that are mojibake, each with what it was before it was misread once; twice misread needs two rounds."""
    for match in _RUNS.finditer(text):
        name = match.lastgroup or ""
        said = _LEFT_OVERS.get(match[0]) if name == "left_over" else _meant(match, _READINGS[name])
        said = said or match[0].translate(_WINDOWS_CONTROLS)
        if said != match[0]:
            yield Replacement(match.start(), match.end(), said)


def _meant(match: re.Match[str], reading: _Reading) -> str | None:
    """The run as UTF-8; None where it is none, may be chance, or would say what no text says."""
    try:
        said = match[0].translate(reading.to_byte).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
    if any(unicodedata.category(char) in ("Cn", "Co", "Cs") for char in said):
        return None
    return said if reading.is_sure(match, match[0].translate(_WINDOWS_CONTROLS), said) else None


def _is_no_chance(match: re.Match[str], run: str, said: str) -> bool:
    """Of the encoding of Western Windows, or Latin-1: two characters in a row, or one that no word and its punctuation make."""
    if len(said) > 1 or not _CONTROLS.isdisjoint(run):
        return True
    return _is_no_capital(match, run) if len(run) == 2 else _is_no_small_letter(match, run)


def _is_no_capital(match: re.Match[str], run: str) -> bool:
    """Whether the two characters are no capital letter with a mark behind it."""
    lead, mark = run[0], run[1]
    if lead in _SPOILT_LATIN:
        if mark not in _QUOTES or (mark == "\xa0" and lead in _NO_WORD):
            return lead != "Æ" or mark in "°¡"
        return _is_within_a_word(match) or (lead in _NO_WORD and _is_apart(_before(match))) or (lead == "Â" and _after(match).isalnum())
    if lead == _COMBINING:
        return _before(match).islower()
    return (lead in _SPOILT_SCRIPTS and mark not in _QUOTES) or (lead in _LETTERS_OF_SCRIPTS and _stands_alone(match))


def _is_no_small_letter(match: re.Match[str], run: str) -> bool:
    """Whether the three or four characters are no small letter with marks behind it."""
    if run[0] == "â" or run.startswith("ðŸ") or not _MARKS.issuperset(run[1:]):
        return True
    if _VIETNAMESE.fullmatch(run) or _after(match).isalnum():
        return True
    return _is_apart(_before(match)) and (run[0] in _NO_WORD_SMALL or not _QUOTES.issuperset(run[1:]))


def _is_cyrillic(match: re.Match[str], run: str, said: str) -> bool:
    if any(ord(char) >= 0x2000 for char in said):
        return True
    return _CYRILLIC.issuperset(said) and (len(said) > 1 or ((run == "С–" or _QUOTES.isdisjoint(run)) and _stands_alone(match)))


def _is_central(match: re.Match[str], run: str, said: str) -> bool:
    return _is_western(match, run, said) and (not run.endswith(("ş", "Ş")) or _before(match).islower())


def _is_western(match: re.Match[str], _: str, said: str) -> bool:
    return _is_of_dos(match, "", said) or (said.islower() and _stands_alone(match))


def _is_of_dos(match: re.Match[str], _: str, said: str) -> bool:
    """What is no letter can't be chance; a letter can be a corner of a drawn table, unless it is within a word."""
    return any(ord(char) >= 0x2000 for char in said) or _is_within_a_word(match)


def _is_within_a_word(match: re.Match[str]) -> bool:
    """Whether a small letter precedes or follows, which a capital letter and a mark would not have beside them."""
    return _before(match).islower() or _after(match).islower()


def _stands_alone(match: re.Match[str]) -> bool:
    return _is_apart(_before(match)) and _is_apart(_after(match))


def _is_apart(beside: str) -> bool:
    """Whether the neighbour is no part of a word; a bracket may be a placeholder's, which stands where a word or a number was."""
    return not beside.isalnum() and beside not in ("[", "]")


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 1) : match.start()]


def _after(match: re.Match[str]) -> str:
    return match.string[match.end() : match.end() + 1]


def _characters(encoding: str) -> dict[int, str]:
    """What each byte from 0x80 on becomes; one that the encoding leaves out becomes the control character of its number."""
    return {byte: bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(0x80, 0x100)}


def _reading(encoding: str, is_sure: Judge, *leads: str) -> _Reading:
    """The reading whose runs are rows of these leads, each its bytes or ranges of them, completed to whole characters."""
    told = _characters(encoding)
    to_byte = {byte: byte for byte in range(0x80, 0xA0)} | {ord(char): byte for byte, char in told.items()}
    rest = _any_of(chr(code) for code, byte in to_byte.items() if byte < 0xC0)
    runs = "|".join(_sequence([_span(part) for part in lead.split()], told, rest) for lead in leads)
    firsts = frozenset(told[byte] for lead in leads for byte in _span(lead.split()[0]))
    return _Reading(to_byte, firsts, f"(?:{runs})+", is_sure)


def _span(part: str) -> range:
    """The bytes that `e2` or `c2-df` names."""
    return range(int(part[:2], 16), int(part[-2:], 16) + 1)


def _sequence(spans: list[range], told: Mapping[int, str], rest: str) -> str:
    """The expression of characters of these bytes, and of as many more as the first one asks for."""
    length = 2 if spans[0][0] < 0xE0 else 3 if spans[0][0] < 0xF0 else 4
    return "".join(_any_of(told[byte] for byte in span) for span in spans) + rest * (length - len(spans))


def _any_of(characters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, characters))}]"


_CONTROLS = frozenset(map(chr, range(0x80, 0xA0)))
_WINDOWS_CONTROLS = {byte: char for byte, char in _characters("cp1252").items() if byte < 0xA0 and ord(char) != byte}
"""Controls that nobody writes, as what the byte is in the encoding of Western Windows; browsers read them so."""

_LEFT_OVERS = {"â€": "”", "â€\ufffd": "”", "Ã": "à"}
"""What is left where a program dropped a byte that its encoding leaves out, or made a plain blank of a no-break space."""

_LEFT_OVER = "(?P<left_over>â€\ufffd?|(?<=[a-zß-ÿ])Ã(?= )|(?<!\\S)Ã(?= [a-z])|[\x80-\x9f])"
_PUNCTUATION = ("e2 80", "e2 82", "e2 84", "f0 9f")
_READINGS = {
    "windows": _reading("cp1252", _is_no_chance, "c2-df", "e0-ef", "f0"),
    "cyrillic": _reading("cp1251", _is_cyrillic, "d0-d1", *_PUNCTUATION),
    "central": _reading("cp1250", _is_central, "c3", "c5", *_PUNCTUATION),
    "turkish": _reading("cp1254", _is_western, "f0 9f"),
    "mac": _reading("mac_roman", _is_western, "c3", *_PUNCTUATION),
    "dos": _reading("cp437", _is_of_dos, "c3", *_PUNCTUATION),
    "dos_western": _reading("cp850", _is_of_dos, "c3", *_PUNCTUATION),
}
_RUNS = re.compile("|".join([*(f"(?P<{name}>{reading.runs})" for name, reading in _READINGS.items()), _LEFT_OVER]))
_FIRSTS = {char for reading in _READINGS.values() for char in reading.firsts}
_RESTS = {chr(code) for reading in _READINGS.values() for code, byte in reading.to_byte.items() if byte < 0xC0}
_PAIRS = re.compile(f"{_any_of(_CONTROLS)}|Ã |{_any_of(_FIRSTS)}{_any_of(_RESTS)}|â€")
