"""Account numbers: checksums hold, long runs are found, harmless ones are blanked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.accounts import cards, ibans, numbers, without_harmless


def _values(found: object, text: str) -> list[str]:
    return [text[start:end] for _, start, end in found]  # type: ignore[attr-defined]


@given(st.integers(0, 10**14 - 1), st.integers(0, 9))
def test_exactly_one_check_digit_makes_a_card(body: int, first: int) -> None:
    stem = f"4{first}{body:013d}"[:15]
    assert sum(bool(_values(cards(f"{stem}{check}"), f"{stem}{check}")) for check in range(10)) == 1


@given(st.integers(0, 10**18 - 1))
def test_iban_is_found_when_its_check_digits_hold_and_not_when_two_digits_change_places(account: int) -> None:
    body = f"{account:018d}"
    check = 98 - int(f"{body}131400") % 97
    iban = f"DE{check:02d}{body}"
    assert _values(ibans(f"to {iban} now"), f"to {iban} now") == [iban]
    wrong = f"DE{(check + 1) % 97:02d}{body}"
    assert _values(ibans(wrong), wrong) == []


def test_iban_ends_where_its_country_says_though_words_follow() -> None:
    text = "GB29 NWBK 6016 1331 9268 19 pay here"
    assert _values(ibans(text), text) == ["GB29 NWBK 6016 1331 9268 19"]


@given(st.integers(10**8, 10**20))
def test_every_run_of_nine_digits_or_more_is_found(number: int) -> None:
    text = f"my id {number} here"
    assert _values(numbers(text), text)[0] == str(number)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("order no 12345", "12345"),
        ("customer id: C-1002", "C-1002"),
        ("Kundennummer 778899", "778899"),
        ("número de pedido 445566", "445566"),
        ("pedido nº 445566", "445566"),
        ("ticket 4567", None),
        ("order 15-20 days", None),
        ("transaction 25000 rs failed", None),
        ("171-1234567-1234567", "171-1234567-1234567"),
        ("100 200 300", None),
        ("2019 2020 2021", None),
        ("1234 5678 9012", "1234 5678 9012"),
        ("pan ABCPE1234F", "ABCPE1234F"),
        ("0.123456789012", None),
        ("1,234,567,890", None),
    ],
)
def test_shorter_numbers_need_a_cue_or_the_shape_of_an_identity(text: str, value: str | None) -> None:
    assert _values(numbers(text), text)[:1] == ([value] if value else [])


@given(st.text(alphabet="0123456789.-/: Rs$v", max_size=30))
def test_blanked_text_keeps_its_length_and_its_other_characters(text: str) -> None:
    sober = without_harmless(text)
    assert len(sober) == len(text)
    assert all(a == b or b == "\x00" for a, b in zip(text, sober, strict=True))


@pytest.mark.parametrize("harmless", ["2021-10-08", "08/10/2021", "12:30:45", "1.1.4", "10.12.345", "Rs. 5,000", "$1,234.56", "€ 99"])
def test_dates_times_versions_and_amounts_are_blanked(harmless: str) -> None:
    assert not any(char.isdigit() for char in without_harmless(f"on {harmless} it"))


@pytest.mark.parametrize("kept", ["9876543210", "01.84.17.61.18", "503.464.8122", "192.168.10.200.7", "Rs 9876543210"])
def test_what_could_be_a_phone_is_not_blanked(kept: str) -> None:
    assert without_harmless(kept) == kept


@pytest.mark.parametrize("number", ["5555555555554444", "378282246310005", "6011 1111 1111 1117", "3530-1113-3330-0000"])
def test_published_test_numbers_are_cards(number: str) -> None:
    assert _values(cards(f"pay {number} now"), f"pay {number} now") == [number]
