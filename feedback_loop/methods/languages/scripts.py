"""Characters as numbers: what is a letter, of which script, upper or lower; for many texts in one pass.

Here: the ranges of the scripts that customers write in (Unicode blocks), and a table over code points that is looked up by array. Which
languages a script may carry is in `guessing`. The rule that is easy to break: vowel signs of Indic scripts are marks, not letters, but
without them their words fall to pieces; they are kept as part of the word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

RANGES = {
    "latin": "0041-024F 1E00-1EFF FB00-FB06 FF21-FF5A",
    "greek": "0370-03FF 1F00-1FFF",
    "cyrillic": "0400-052F",
    "armenian": "0530-058F FB13-FB17",
    "hebrew": "0590-05FF FB1D-FB4F",
    "arabic": "0600-06FF 0750-077F 08A0-08FF FB50-FDFF FE70-FEFE",
    "devanagari": "0900-097F",
    "bengali": "0980-09FF",
    "gurmukhi": "0A00-0A7F",
    "gujarati": "0A80-0AFF",
    "oriya": "0B00-0B7F",
    "tamil": "0B80-0BFF",
    "telugu": "0C00-0C7F",
    "kannada": "0C80-0CFF",
    "malayalam": "0D00-0D7F",
    "sinhala": "0D80-0DFF",
    "thai": "0E00-0E7F",
    "lao": "0E80-0EFF",
    "burmese": "1000-109F",
    "georgian": "10A0-10FF 1C90-1CBF 2D00-2D2F",
    "korean": "1100-11FF 3130-318F AC00-D7AF FFA0-FFDC",
    "ethiopic": "1200-139F 2D80-2DDF",
    "khmer": "1780-17FF",
    "kana": "3040-30FF 31F0-31FF FF66-FF9D",
    "han": "3400-4DBF 4E00-9FFF F900-FAFF",
}
"""First and last code point of the blocks of each script. Any other letter has no script and tells nothing."""

SCRIPTS = tuple(RANGES)

_END = 0x20000
_HAN_PLANES = range(0x20000, 0x40000)
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_JOINERS = "\u200c\u200d"
_KEPT_MARKS = "'’.,!?।。،؟-"


class CharacterTable(NamedTuple):
    """By code point below 0x20000: is it a letter, upper or lower case, kept in a text of words; its lower case; its script's number."""

    is_letter: npt.NDArray[np.bool_]
    is_upper: npt.NDArray[np.bool_]
    is_lower: npt.NDArray[np.bool_]
    is_kept: npt.NDArray[np.bool_]
    lower: Codes
    script: npt.NDArray[np.int8]


class Words(NamedTuple):
    """Texts as UTF-8 of their words alone, one after the other, with the letters of each text by script (int64 [texts, scripts])."""

    utf8: bytes
    byte_counts: Numbers
    letters: Numbers


def words_of(texts: Sequence[str]) -> Words:
    """The words of each text, parted by single blanks, in lower case where a text shouts; nothing but letters and marks is left."""
    table = _character_table()
    codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owners = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    places = _places(codes)
    shouts = _sums(owners, table.is_upper[places], len(texts)) > _sums(owners, table.is_lower[places], len(texts))
    letters = _letters_by_script(owners, places, len(texts))
    spoken = np.where(table.is_kept[places], np.where(shouts[owners] & (codes < _END), table.lower[places], codes), ord(" "))
    chosen = ~_follows_blank(spoken)
    spoken, owners = spoken[chosen].astype(np.uint32), owners[chosen]
    widths = 1 + (spoken > 0x7F).astype(np.int64) + (spoken > 0x7FF) + (spoken > 0xFFFF)
    utf8 = spoken.tobytes().decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
    return Words(utf8, _sums(owners, widths, len(texts)), letters)


def _places(codes: Codes) -> Numbers:
    """Where each code point stands in the table; ideographs beyond it stand as the first of their kind, the rest as NUL."""
    places = codes.astype(np.int64)
    beyond = codes >= _END
    if beyond.any():
        places[beyond] = np.where(codes[beyond] < _HAN_PLANES.stop, 0x4E00, 0)
    return places


def _follows_blank(codes: Codes) -> npt.NDArray[np.bool_]:
    """Whether a blank has another one before it, or nothing; so that a text without words has no character left."""
    is_blank = codes == ord(" ")
    follows = np.ones_like(is_blank)
    follows[1:] = is_blank[:-1]
    return np.asarray(is_blank & follows)


def _sums(owners: Numbers, values: npt.NDArray[np.generic], count: int) -> Numbers:
    return np.bincount(owners, weights=values, minlength=count).astype(np.int64)


def _letters_by_script(owners: Numbers, places: Numbers, count: int) -> Numbers:
    """int64 [texts, scripts + 1]; the last column counts letters of no script that is known here."""
    table = _character_table()
    chosen = table.is_letter[places]
    cells = owners[chosen] * (len(SCRIPTS) + 1) + table.script[places[chosen]]
    return np.bincount(cells, minlength=count * (len(SCRIPTS) + 1)).reshape(count, len(SCRIPTS) + 1)


@cache
def _character_table() -> CharacterTable:
    characters = [chr(code) for code in range(_END)]
    categories = [unicodedata.category(one) for one in characters]
    is_letter = np.array([name[0] == "L" for name in categories])
    is_upper, is_lower = (np.array([test(one) for one in characters]) for test in (str.isupper, str.islower))
    is_word = np.array([name[0] in "LM" or one in _JOINERS or one in _KEPT_MARKS for name, one in zip(categories, characters, strict=True)])
    is_word[_VARIATION_SELECTORS.start : _VARIATION_SELECTORS.stop] = False
    lower = np.array([ord(one.lower()[0]) for one in characters], dtype=np.uint32)
    return CharacterTable(is_letter, is_upper, is_lower, is_word, lower, _scripts())


def _scripts() -> npt.NDArray[np.int8]:
    """The number of each code point's script; the number after the last one where it has none."""
    scripts = np.full(_END, len(SCRIPTS), dtype=np.int8)
    for number, script in enumerate(SCRIPTS):
        for block in RANGES[script].split():
            first, last = (int(end, 16) for end in block.split("-"))
            scripts[first : last + 1] = number
    return scripts
