"""Texts become their words alone, and their letters are counted by script."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.languages.scripts import RANGES, SCRIPTS, Words, words_of

ANY_TEXT = st.text(st.characters(), max_size=30)


def pieces(words: Words) -> list[str]:
    ends = np.cumsum(words.byte_counts)
    starts = ends - words.byte_counts
    return [words.utf8[start:end].decode("utf-8", "surrogatepass") for start, end in zip(starts, ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's   down 😡😡 again, 404!", "It's down again, ! "),
        ("DOES NOT OPEN", "does not open "),
        ("नहीं मिला", "नहीं मिला "),
        ("😡 123", ""),
        ("", ""),
        ("𠀀 ok 🀄", "𠀀 ok "),
        ("two\nlines", "two lines "),
    ],
)
def test_words_are_left_parted_by_single_blanks(text: str, words: str) -> None:
    assert pieces(words_of([text])) == [words]


@pytest.mark.parametrize(
    ("text", "script", "letters"),
    [("Größe", "latin", 5), ("нет", "cyrillic", 3), ("支付", "han", 2), ("𠀀", "han", 1), ("アプリ", "kana", 3), ("환불", "korean", 2)],
)
def test_letters_are_counted_under_their_script(text: str, script: str, letters: int) -> None:
    (counts,) = words_of([text]).letters
    assert counts[SCRIPTS.index(script)] == letters == counts.sum()


def test_letters_of_no_script_known_here_stand_in_the_last_column() -> None:
    assert words_of(["ᚠᚢ"]).letters[0, -1] == 2


def test_ranges_hold_letters_of_the_script_that_they_name() -> None:
    named = {"burmese": "MYANMAR", "korean": "HANGUL", "kana": "KATAKANA", "han": "CJK"}
    for script, blocks in RANGES.items():
        first, last = (int(end, 16) for end in blocks.split()[0].split("-"))
        names = [unicodedata.name(chr(code), "") for code in range(first, last + 1)]
        assert any(name.startswith(named.get(script, script.upper())) for name in names), script


@given(texts=st.lists(ANY_TEXT, max_size=6))
def test_words_of_a_text_are_the_same_whatever_stands_beside_it(texts: list[str]) -> None:
    together = words_of(texts)
    alone = [words_of([text]) for text in texts]
    assert pieces(together) == [piece for words in alone for piece in pieces(words)]
    assert together.letters.tolist() == [row for words in alone for row in words.letters.tolist()]


@given(text=st.text(st.characters(max_codepoint=0x1FFFF), max_size=30))
def test_no_letter_is_lost(text: str) -> None:
    (kept,) = pieces(words_of([text]))
    letters = sum(map(str.isalpha, text))
    assert words_of([text]).letters.sum() == letters
    assert sum(map(str.isalpha, kept)) == letters
