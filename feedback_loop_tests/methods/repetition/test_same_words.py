"""Copies: slips, lost words and noise make no other text; another number, a negation or another word does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.repetition.same_words import say_the_same
from feedback_loop.methods.repetition.wording import wording

LATE = "My parcel was promised for last week and it has still not arrived at my house, please tell me where it is."


def _same(one: str, other: str) -> bool:
    there, back = (say_the_same(wording(a), wording(b)) for a, b in ((one, other), (other, one)))
    assert there is back
    return there


@pytest.mark.parametrize(
    "copy",
    [
        f"Fwd: {LATE}", f"{LATE} [#48213]", f"[Ticket 48213] Hello, {LATE} Thanks!", f"{LATE} 48213", f"{LATE}\nSent from my iPhone",
        LATE.replace("promised", "promisd"), LATE.replace("my house", "myhouse"), LATE.replace("arrived at", "arrivedat"),
        LATE.replace("parcel", "paracel").replace("promised", "porimsed"), LATE.replace("house", "").replace("please ", ""),
        LATE.replace("week", "weeek") + " 👍", LATE.replace("t", "T"),
    ],
)  # fmt: skip
def test_copy_with_noise_slips_or_lost_words_says_the_same(copy: str) -> None:
    assert _same(LATE, copy)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("my order 123 is late and nobody answers", "my order 456 is late and nobody answers"),
        ("my order 48213 is late and nobody answers", "my order 59999 is late and nobody answers"),
        ("it crashes since version 2.1 when i open it", "it crashes since version 2.2 when i open it"),
        ("payment fails with error E101 all the time", "payment fails with error E102 all the time"),
        ("the new search works for all of my accounts", "the new search does not work for all of my accounts"),
        ("the card works in every shop that i tried", "the card works in no shop that i tried"),
        ("i was charged $12.50 for the premium plan", "i was charged $1250 for the premium plan"),
        ("i was charged ₹500 for the premium plan", "i was charged €500 for the premium plan"),
        ("the checkout page crashes when i open it", "the login page crashes when i open it"),
        ("please call me on [PHONE_bcdfghjk] tomorrow morning", "please call me on [PHONE_zzzzzzzz] tomorrow morning"),
        ("please write to [EMAIL_bcdfghjk]", "please write to [EMAIL_zzzzzzzz]"),
        ("my delivery was promised for tuesday afternoon", "my delivery was promised for thursday afternoon"),
        ("my delivery was promised before the holidays", "my delivery was promised after the holidays"),
        ("我的订单到了", "我的订单没到"),
        ("what is an exchange rate of yours today", "is there an exchange rate of yours today"),
        ("why do you charge me for transfers", "do you charge me for transfers"),
        ("refund missing 48213", "refund missing 59999"),
        ("nice app", "nicer app"),
        ("paymnt 48213 of my invoice is lost", "payment of my invoice is lost"),
    ],
)
def test_another_fact_is_another_text(one: str, other: str) -> None:
    assert not _same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Refund missing", "RE: refund missing [#48213]"), ("Card blocked!", "Hello, card blocked, thanks")]
)
def test_short_text_is_found_again_with_noise_around_it(one: str, other: str) -> None:
    assert _same(one, other)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("👍", "👎"), ("Nice", "Nice 👍"), ("thanks", "thank you"), ("ok", "okk")])
def test_text_of_next_to_no_letters_is_left_to_its_fingerprint(one: str, other: str) -> None:
    assert not _same(one, other) or wording(one) == wording(other)


WORDS = st.lists(st.sampled_from(["my", "parcel", "never", "arrived", "arived", "2", "48213", "thanks", "house", "!"]), max_size=12)


@given(WORDS, WORDS)
def test_likeness_has_no_direction_and_every_text_is_like_itself(one: list[str], other: list[str]) -> None:
    _same(" ".join(one), " ".join(other))
    text = wording(" ".join(one))
    assert say_the_same(text, text) is bool(text.words)


@given(st.lists(st.sampled_from(["refund", "missing", "order", "since", "monday"]), min_size=2), st.integers(0, 9), st.integers(0, 9))
def test_texts_with_different_numbers_within_never_are_copies(words: list[str], one: int, other: int) -> None:
    texts = [" ".join([*words, f"version 3.{digit}", *words]) for digit in (one, other)]
    assert _same(*texts) is (one == other)
