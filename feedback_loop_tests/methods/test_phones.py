"""Phone numbers: found by their form, by a cue, or by a numbering plan."""

from __future__ import annotations

import pytest

from feedback_loop.methods.phones import phones


def _found(text: str, *regions: str) -> list[str]:
    spans = phones(text, regions) if regions else phones(text)
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


def test_digits_in_front_of_a_known_number_are_taken_along() -> None:
    assert _found("2 9876543210", "IN") == ["2 9876543210"]


@pytest.mark.parametrize("text", ["467 3395", "2019 2020", "1000 2000 3000", "5 10 15", "100 200 300 400", "12345678"])
def test_number_without_form_or_cue_is_not_a_phone(text: str) -> None:
    assert _found(text) == []


def test_cue_is_reported_where_it_begins() -> None:
    found = next(iter(phones("please call 12 34 56 78 now", ["US"])))
    assert found[:2] == (7, 12)
