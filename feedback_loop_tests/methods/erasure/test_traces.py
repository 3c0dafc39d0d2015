"""Which strings are looked for, and that none of their spellings in a file is missed."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.erasure.traces import LEAST_TEXT, STEP, long_values, pieces, said_by_nobody_else, spellings, token_pattern

TEXT = "".join(chr(97 + n % 26) + " " * (n % 7 == 6) for n in range(90))


@pytest.mark.parametrize("start", range(0, 60, 7))
def test_whatever_quotes_enough_of_a_text_holds_a_piece(start: int) -> None:
    quoted = TEXT[start : start + LEAST_TEXT + STEP - 1]
    assert any(piece in quoted for piece in pieces(TEXT))


def test_short_texts_and_instants_have_no_pieces() -> None:
    assert list(pieces("too short")) == []
    assert list(pieces("2026-01-05T09:30:00+00:00")) == []
    assert list(pieces("x" * LEAST_TEXT)) == ["x" * LEAST_TEXT]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_spelling_in_json_and_csv_is_known(text: str) -> None:
    known = spellings(text)
    for written in (json.dumps(text), json.dumps(text, ensure_ascii=False), json.dumps(json.dumps(text))):
        assert any(spelt in written.encode() for spelt in known)
    assert any(spelt in ('"' + text.replace('"', '""') + '"').encode() for spelt in known)
    assert any(spelt in text.encode("utf-16") for spelt in known)


def test_what_others_said_too_is_left_out() -> None:
    others = [pl.Series(["the app crashes often", None]), pl.Series(["gallery"])]
    assert said_by_nobody_else(["app crashes", "walrus", "gallery", ""], others) == ["walrus"]


def test_the_texts_of_a_row_are_found_however_deep() -> None:
    assert list(long_values('{"a": ["one", {"b": "two"}], "n": 1}')) == ["one", "two"]
    assert list(long_values("no json")) == ["no json"]


@pytest.mark.parametrize("row", ["c-1,x", "x,c-1", '{"id": "c-1"}', "c-1", "said c-1.", "c-1;c-2"])
def test_an_id_is_found_as_a_word_of_its_own(row: str) -> None:
    assert token_pattern("c-1").search(row.encode())


@pytest.mark.parametrize("row", ["c-11", "xc-1", "c-1@example.com", "c-1-2", "c-1.example", "äc-1"])
def test_an_id_within_a_longer_word_is_none(row: str) -> None:
    assert not token_pattern("c-1").search(row.encode())


def test_an_id_with_signs_of_a_pattern_means_itself() -> None:
    assert token_pattern("a.*'%").search(b"x,a.*'%,y")
    assert not token_pattern("a.*'%").search(b"x,abc'%,y")
