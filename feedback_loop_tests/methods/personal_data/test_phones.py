"""Phone numbers: found by their form, by a cue, or by a numbering plan."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.personal_data.phones import DEFAULT_REGIONS, announced_phones, written_phones

_MOST_CHARS = 17 * 4


def _found(text: str, *regions: str) -> list[str]:
    spans = [*announced_phones(text), *written_phones(text, regions or DEFAULT_REGIONS)]
    return sorted({text[start:end] for _, start, end in spans})


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 1234567",
        "+91-98765-43210",
        "(713) 215-4504",
        "618-226-1460",
        "01.84.17.61.18",
        "28-64-66-98",
        "259.735.7502x459",
        "00 44 20 7946 0958",
        "(+49) 30 1234567",
        "+46 (0)8 928 571 38",
        "8 (833) 722-0453",
        "93 6282-1836",
        "07700 063 966",
        "0176/12345678",
        "98765 43210",
        "699 956 915",
        "13812345678",
        "5767-8520",
        "411 44 457",
    ],
)
def test_number_written_like_a_phone_is_found_without_a_cue(number: str) -> None:
    assert _found(f"try {number} today") == [number]


@pytest.mark.parametrize(
    "text", ["phone: 467 3395", "call me on 450 0840", "answering at 71 33 52", "Handy 1512 3456", "WhatsApp 98 76 543"]
)
def test_short_number_is_found_after_a_cue(text: str) -> None:
    (number,) = _found(text)
    assert text.endswith(number)


def test_national_number_is_read_by_the_regions_given() -> None:
    assert _found("0664 1234567 bitte", "AT") == ["0664 1234567"]
    assert _found("bitte 9876543210", "IN") == ["9876543210"]


@pytest.mark.parametrize(
    "text", ["last 2 9876543210", "9876543210 5 stars", "only 15 9876543210. 20 days", "number.9876543210", "x (9876543210)"]
)
def test_digits_and_marks_around_a_number_are_not_part_of_it(text: str) -> None:
    assert _found(text) == ["9876543210"]


def test_both_of_two_numbers_are_found() -> None:
    assert _found("9876543210 / 9123456780 or 030 1234567 0151 23456789") == ["0151 23456789", "030 1234567", "9123456780", "9876543210"]


@pytest.mark.parametrize(
    "text",
    [
        "467 3395",
        "2019 2020",
        "1000 2000 3000",
        "5 10 15",
        "100 200 300 400",
        "12345678",
        "2450 1819",
        "17151 2450 Crown St",
        "192.168.10.20",
        "500000000",
        "2019-2020",
        "718623316577257",
        "order no: 9876543210",
        "1234 5678 9012",
        "4111-1111-1111-1112",
        "550e8400-e29b-41d4-a716-446655440000",
        "1,234,567,890",
        "3.14159265358",
    ],
)
def test_number_without_form_or_cue_is_not_a_phone(text: str) -> None:
    assert _found(text) == []


def test_cue_is_reported_where_it_begins() -> None:
    assert list(announced_phones("please call 12 34 56 78 now")) == [(7, 12, 23)]


@settings(max_examples=300)
@given(
    st.sampled_from(DEFAULT_REGIONS),
    st.from_regex(r"0?[1-9][0-9]{8,9}", fullmatch=True).filter(lambda digits: not digits.endswith("000000")),
)
def test_plan_agrees_with_the_library_that_it_is_made_of(region: str, digits: str) -> None:
    parsed = phonenumbers.parse(digits, region)
    is_valid = phonenumbers.is_valid_number_for_region(parsed, region)
    assert not is_valid or _found(digits, region) == [digits]


def test_work_is_bounded_by_the_candidates_of_a_text_full_of_digits() -> None:
    for piece in ("1 2 3 4 ", "1-1-1-", "11 ", "1234 "):
        text = (piece * 10_000)[:20_000]
        spans = list(written_phones(text))
        assert len(spans) <= len(text) // 7
        assert all(end - start <= _MOST_CHARS for _, start, end in spans)
