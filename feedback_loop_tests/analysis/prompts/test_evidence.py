"""What a model quotes is evidence only where it stands in the text, word for word and outside of every mask."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.analysis.evidence import Fragment
from feedback_loop.analysis.prompts.evidence import EvidenceAnswer, quoted
from feedback_loop.contracts.vocab import EvidenceKind
from feedback_loop.methods.alignment import unchanged

TEXT = "Since 13.41 the app\ncloses, error E-1042 on my Pixel 7, mail [EMAIL_bcdfghjk] or call"
SHIFT = 100


def fragment(text: str = TEXT) -> Fragment:
    flat = unchanged(text).alignment.flatten()
    return Fragment("fragment_1", text, flat, SHIFT, SHIFT + len(text), date(2026, 1, 5))


def answer(**said: list[str]) -> EvidenceAnswer:
    return EvidenceAnswer(**{"phrases": [], "error_strings": [], "versions": [], "devices": [], **said})


def test_quotations_become_rows_with_their_places() -> None:
    found = quoted(fragment(), answer(phrases=["the app closes"], error_strings=["E-1042"], versions=["13.41"], devices=["Pixel 7"]), "m-1")
    assert found.dropped_count == 0
    kinds = [row["evidence_kind"] for row in found.rows]
    assert kinds == [EvidenceKind.KEY_PHRASE, EvidenceKind.ERROR_CODE, EvidenceKind.VERSION, EvidenceKind.DEVICE]
    for row in found.rows:
        start, end = int(str(row["masked_start"])), int(str(row["masked_end"]))
        assert TEXT[start:end] == row["evidence_text"]
        assert (row["raw_start"], row["raw_end"], row["extractor_version"]) == (start + SHIFT, end + SHIFT, "m-1")


def test_a_quotation_with_marks_is_found_where_the_blanks_are() -> None:
    [row] = quoted(fragment(), answer(phrases=["theˆappˆcloses"]), "m-1").rows
    assert row["evidence_text"] == "the app\ncloses"


@pytest.mark.parametrize(
    "words", ["the app crashes", "3.41", "THE APP", "[EMAIL]", "[EMAIL_bcdfghjk]", "mail [EMAIL", "EMAIL", "https://evil.example", "ˆ", " "]
)
def test_what_is_not_there_or_touches_a_mask_is_dropped_and_counted(words: str) -> None:
    found = quoted(fragment(), answer(phrases=[words]), "m-1")
    assert (found.rows, found.dropped_count) == ((), 1)


def test_the_same_quotation_twice_is_one_row() -> None:
    assert len(quoted(fragment(), answer(phrases=["closes", "closes"]), "m-1").rows) == 1


def test_an_error_that_is_no_code_is_a_message() -> None:
    [row] = quoted(fragment("It says: could not connect"), answer(error_strings=["could not connect"]), "m-1").rows
    assert row["evidence_kind"] == EvidenceKind.QUOTED_ERROR


@given(st.text(max_size=60), st.text(min_size=1, max_size=20))
def test_every_row_is_verbatim_whatever_is_said(text: str, words: str) -> None:
    for row in quoted(fragment(text), answer(phrases=[words]), "m-1").rows:
        assert text[int(str(row["masked_start"])) : int(str(row["masked_end"]))] == row["evidence_text"]


@pytest.mark.parametrize("said", [{"phrases": ["x"] * 6}, {"phrases": ["x" * 201]}, {"phrases": [""]}, {"action": ["pay"]}])
def test_an_answer_beyond_its_bounds_is_none(said: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        answer(**said)
