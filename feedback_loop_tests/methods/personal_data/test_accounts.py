"""Account numbers: long runs are found, shorter ones by their cue, harmless ones are blanked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.personal_data.accounts import announced_numbers, announces_number, long_numbers, without_harmless


def _values(found: object, text: str) -> list[str]:
    return [text[start:end] for _, start, end in found]  # type: ignore[attr-defined]


def numbers(text: str) -> list[tuple[int, int, int]]:
    """The findings of both kinds."""
    return [*long_numbers(text), *announced_numbers(text)]


@given(st.integers(10**8, 10**20).filter(lambda number: number % 10**6))
def test_every_run_of_nine_digits_or_more_is_found_unless_it_is_a_round_figure(number: int) -> None:
    text = f"my id {number} here"
    assert _values(numbers(text), text)[0] == str(number)
    assert _values(numbers("paid 500000000 and 1000000000"), "") == []


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
        ("card 4111.1111.1111.1112", "4111.1111.1111.1112"),
        ("4111/1111/1111/1112", "4111/1111/1111/1112"),
        ("1.234.567.890", None),
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


@pytest.mark.parametrize("before", ["order no ", "customer id: ", "Kundennummer ", "invoice #", "ticket: ", "account number is "])
def test_word_for_a_number_announces_it(before: str) -> None:
    assert announces_number(f"see {before}")


@pytest.mark.parametrize("before", ["customer ", "my order ", "call me at ", "order no 5, then ", ""])
def test_word_for_something_else_announces_no_number(before: str) -> None:
    assert not announces_number(before)
