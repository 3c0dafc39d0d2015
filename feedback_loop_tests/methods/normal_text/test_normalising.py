"""Normalising: composition, line ends, invisible characters, markup and blanks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop_tests.methods.texts import messages


@settings(max_examples=300)
@given(messages)
def test_normalised_text_normalises_to_itself(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once


@settings(max_examples=300)
@given(messages)
def test_normalised_text_is_composed_and_holds_nothing_invisible(raw: str) -> None:
    text = normalise(raw).text
    assert unicodedata.is_normalized("NFC", text)
    assert text == text.strip()
    assert not any(char in text for char in "\r\t\x00\u200b\u2028\ufeff\u00a0\ud800")
    assert not any(blanks in text for blanks in ("  ", "\n\n\n", " \n"))


@settings(max_examples=300)
@given(messages)
def test_copied_runs_lead_back_to_the_same_raw_characters(raw: str) -> None:
    aligned = normalise(raw)
    assert (aligned.alignment.derived_length, aligned.alignment.source_length) == (len(aligned.text), len(raw))
    for run in aligned.alignment.runs:
        assert aligned.text[run.derived_start : run.derived_end] == raw[run.source_start : run.source_end]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  two   blanks\t here ", "two blanks here"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a \n \n\n b", "a\n\nb"),
        ("cafe\u0301", "café"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("pass\u200bword\u00ad", "password"),
        ("family 👨\u200d👩\u200d👧 ok", "family 👨\u200d👩\u200d👧 ok"),
        ("क्\u200dष", "क्\u200dष"),
        ("la\u200dtin", "latin"),
        ("<p>Hello <b>you</b></p><p>bye</p>", "Hello you\n\nbye"),
        ("Tom &amp; Jerry &lt;3 &#39;x&#39;", "Tom & Jerry <3 'x'"),
        ("&amp;amp;lt;", "<"),
        ("I <3 it, 1 < 2 > 0 <notatag>", "I <3 it, 1 < 2 > 0 <notatag>"),
        ("<style>p {x}</style>seen<!-- unseen -->", "seen"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("\ud83d broken", "\ufffd broken"),
        ("donâ\x80\x99t\x00 vÃ\xa0 Ã\xad", "don’t và í"),
        ("&Atilde;&copy;", "é"),
        ("<b>FÃ¼r</b>", "Für"),
        ("s\x85", "s…"),
        ("", ""),
    ],
)
def test_text_reads_as_expected_after_normalising(raw: str, text: str) -> None:
    assert normalise(raw).text == text


def test_markup_nested_too_deep_ends_without_brackets() -> None:
    hostile = "<i" * 40 + ">" * 40
    text = normalise(hostile).text
    assert "<" not in text
    assert normalise(text).text == text


def test_span_of_composed_text_maps_to_all_code_points_that_made_it() -> None:
    aligned = normalise("cafe\u0301 latte")
    assert aligned.alignment.source_span(3, 4) == (3, 5)
    assert aligned.alignment.source_span(5, 10) == (6, 11)


def test_marks_stacked_beyond_every_language_are_dropped_and_cost_no_time() -> None:
    stacked = normalise("z" + "\u0316\u0301" * 200_000 + " end")
    assert stacked.text == normalise("z" + "\u0316\u0301" * 15 + " end").text
    assert stacked.alignment.source_span(0, 2)[1] == 400_001


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["FÃ¼r", "donâ€™t", "<br>", "a", " ", "\n", "&amp;", "e\u0301", "\u200b", "É…", "Ã", "â€"]), max_size=8).map(
        "".join
    )
)
def test_line_of_its_own_normalises_as_it_did_within_the_whole(line: str) -> None:
    within = normalise(f"first\n\n{line}\n\nlast").text
    alone = normalise(line).text
    assert within == (f"first\n\n{alone}\n\nlast" if alone else "first\n\nlast")
