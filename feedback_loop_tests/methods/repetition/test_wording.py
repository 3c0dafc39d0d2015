"""Wordings: what of a text states a fact, what a forwarding system left, what a finger slipped on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.repetition.wording import MAX_CHARS, are_noise, is_misspelt, looks_like_id, states_fact, without_affixes, wording


@pytest.mark.parametrize(
    "text",
    [
        "Fwd: Refund missing", "RE: AW: Refund missing", "Refund missing [#48213]", "[Ticket 48213] Refund missing",
        "[INC0048213] Refund missing", "Refund missing (7f3a9b21)",
        "Refund missing (ref 48213)", "Refund missing\nCase ID: 7f3a9b21", "Refund missing - ref:48213",
        "Refund missing [ticket [NUMBER_bcdfghjk]]", "#48213: Refund missing. #999",
    ],
)  # fmt: skip
def test_marks_of_forwarding_systems_are_taken_off(text: str) -> None:
    assert wording(text).words[-2:] == ("refund", "missing")
    assert len(wording(text).words) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "Order #48213 is late",
        "[v2.1] crashes",
        "Late (2023)",
        "where is order #48213",
        "Fails with [ERR-10432]",
        "[HADOOP-17796] fails",
        "Re: [#48213]",
    ],
)
def test_numbers_that_the_text_is_about_stay(text: str) -> None:
    assert without_affixes(text) == text


def test_words_are_casefolded_tokens_and_facts_are_those_with_a_number() -> None:
    made = wording("Don't pay $12.50 for v2.1, E-101 or [EMAIL_bcdfghjk]! 👍🏽")
    assert made.words == ("dont", "pay", "$", "12.50", "for", "v2.1", "e", "101", "or", "[email_bcdfghjk]", "👍")
    assert made.facts == ("$", "101", "12.50", "v2.1")


def test_text_beyond_the_limit_has_no_words() -> None:
    assert wording("a " * MAX_CHARS).words == ()


@pytest.mark.parametrize(
    ("word", "is_fact"), [("e101", True), ("₹", True), ("不", True), ("tuesday", True), ("refund", False), ("👍", False)]
)
def test_facts_are_what_no_copy_may_change(word: str, is_fact: bool) -> None:
    assert states_fact(word) is is_fact


@pytest.mark.parametrize(("word", "is_id"), [("48213", True), ("7f3a9b21", True), ("[phone]", True), ("2024", False), ("3.14159", False)])
def test_ids_are_long_and_plain(word: str, is_id: bool) -> None:
    assert looks_like_id(word) is is_id


@pytest.mark.parametrize(
    ("words", "noise"),
    [
        ("thanks a", False),
        ("thank you", True),
        ("good", False),
        ("ref 48213", True),
        ("hi team", True),
        ("for 48213", True),
        ("2.1", False),
    ],
)
def test_courtesies_and_ids_are_noise_but_what_stands_beside_them_is_none_alone(words: str, noise: bool) -> None:
    assert are_noise(words.split()) is noise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("payment", "paymnet"), ("payment", "pyment"), ("payment", "paymentt"), ("payment", "psyment"), ("transaction", "trnsactoin"),
        ("the", "teh"), ("my", "py"), ("not", "nto"), ("doesnt", "doesn"), ("soooo", "so"),
    ],
)  # fmt: skip
def test_slip_of_the_fingers_is_the_same_word(one: str, other: str) -> None:
    assert is_misspelt(one, other)
    assert is_misspelt(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can", "cant"), ("not", "now"), ("never", "ever"), ("possible", "impossible"), ("tuesday", "thursday"), ("login", "checkout"),
        ("increase", "decrease"), ("on", "off"), ("food", "good"), ("e101", "e102"), ("wont", "want"), ("before", "after"),
        ("activate", "deactivate"), ("import", "export"),
    ],
)  # fmt: skip
def test_another_word_is_no_slip(one: str, other: str) -> None:
    assert not is_misspelt(one, other)
    assert not is_misspelt(other, one)


@given(st.text(max_size=80))
def test_wording_follows_from_case_free_text_and_never_fails(text: str) -> None:
    made = wording(text)
    assert all(made.words)
    assert made.distinct == frozenset(made.words)
    assert set(made.facts) <= made.distinct
