"""Cards and bank accounts: check digits decide, whatever stands between and around the groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.personal_data.bank_numbers import cards, ibans


def values(found: object, text: str) -> list[str]:
    """What was found, as text."""
    return [text[start:end] for _, start, end in found]  # type: ignore[attr-defined]


@given(st.integers(0, 10**14 - 1), st.integers(0, 9))
def test_exactly_one_check_digit_makes_a_card(body: int, first: int) -> None:
    stem = f"4{first}{body:013d}"[:15]
    assert sum(bool(values(cards(f"{stem}{check}"), f"{stem}{check}")) for check in range(10)) == 1


@pytest.mark.parametrize("number", ["5555555555554444", "378282246310005", "6011 1111 1111 1117", "3530-1113-3330-0000", "4222222222222"])
def test_published_test_numbers_are_cards(number: str) -> None:
    assert values(cards(f"pay {number} now"), f"pay {number} now") == [number]


@pytest.mark.parametrize("separator", ["", " ", "-", ".", "/", "  ", " - "[:2], "_"])
@pytest.mark.parametrize(("before", "after"), [("card ", "."), ("2021 ", " 12/25"), ("on 12 ", " 99"), ("x-", ", 4111")])
def test_card_is_found_whatever_stands_between_and_around_its_groups(separator: str, before: str, after: str) -> None:
    number = separator.join(("4111", "1111", "1111", "1111"))
    text = f"{before}{number}{after}"
    assert values(cards(text), text) == [number]


@pytest.mark.parametrize(
    "text", ["4111111111111112", "+4111111111111111", "0.4111111111111111", "0000000000000000", "1234567812345670", "411111111111"]
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    assert values(cards(text), text) == []


@given(st.integers(0, 10**18 - 1))
def test_iban_is_found_when_its_check_digits_hold_and_not_when_they_do_not(account: int) -> None:
    body = f"{account:018d}"
    check = 98 - int(f"{body}131400") % 97
    iban = f"DE{check:02d}{body}"
    for written in (iban, iban.lower(), f"{iban[:4]} {iban[4:12]} {iban[12:]}", f"{iban[:4]}-{iban[4:]}"):
        text = f"to AB12 my {written}. pay 12"
        assert values(ibans(text), text) == [written]
    wrong = f"DE{(check + 1) % 97:02d}{body}"
    assert values(ibans(wrong), wrong) == []


@pytest.mark.parametrize(
    "iban", ["GB29 NWBK 6016 1331 9268 19", "NO9386011117947", "MT84 MALT 0110 0001 2345 MTLC AST0 01S", "CH 93 0076 2011 6238 5295 7"]
)
def test_iban_ends_where_its_country_says_though_words_follow(iban: str) -> None:
    text = f"{iban} pay here"
    assert values(ibans(text), text) == [iban]


def test_mistyped_iban_is_found_where_the_word_announces_it() -> None:
    text = "my IBAN is DE00 3704 0044 0532 0130 00"
    assert values(ibans(text), text) == ["DE00 3704 0044 0532 0130 00"]
    assert values(ibans(text[11:]), text[11:]) == []


def test_word_that_announces_an_iban_is_its_cue() -> None:
    assert [cue for cue, _, _ in ibans("my IBAN is DE00 3704 0044 0532 0130 00")] == [3]
