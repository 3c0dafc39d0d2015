"""A company's own patterns: what they find, and which are refused because they could cost too much or hide nothing."""

from __future__ import annotations

import pytest

from feedback_loop.errors import BadInput
from feedback_loop.methods.personal_data.custom_patterns import custom_detectors


def found(pattern: str, text: str) -> list[str]:
    (detector,) = custom_detectors([("order", pattern)])
    return [text[start:end] for _, start, end in detector.find(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "values"),
    [
        ("PRW-[0-9]{6}", "prw-123456 and PRW-1234567", ["prw-123456"]),
        ("(?:KD|KT)[0-9]{4,8}", "KD1234, XKD1234, kt99999", ["KD1234", "kt99999"]),
        (r"file \# ?(?P<value>\d{3,5})", "file #123 is gone", ["123"]),
        (r"[A-Z]{2}[*+]\d{3}", "AB*123", ["AB*123"]),
    ],
)
def test_pattern_finds_its_numbers_where_they_stand_alone(pattern: str, text: str, values: list[str]) -> None:
    assert found(pattern, text) == values


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[0-9", "no regular expression"),
        ("A[0-9]+", "repeats without an end"),
        ("A[0-9]{3,}", "repeats without an end"),
        ("(?:[0-9]{1,9}){1,9}X", "repeats a group"),
        ("[0-9]{1,900}", "more than 64"),
        ("[0-9]{0,4}", "finds nothing at all"),
        ("[A-Z]{5}", "finds nothing at all or a placeholder"),
        ("A" * 201, "longer than 200"),
        (r"\d{0,40}\d{0,40}\d{0,40}X", "more than 256 ways"),
        ("(?:A|A)" * 20 + "1234", "more than 256 ways"),
        (r"(\d)\1\1\1\1", "cost can't be told"),
    ],
)
def test_pattern_that_costs_too_much_or_hides_nothing_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(BadInput, match=f"the pattern 'order' .*{why}"):
        custom_detectors([("order", pattern)])


def test_wide_pattern_finds_nothing_in_a_placeholder_and_nothing_without_a_digit() -> None:
    assert found("[A-Z_0-9]{6}", "[NUMBER] [SECRET] REFUND AB1234") == ["AB1234"]
    assert found("[A-Z]{6}_[0-9]{1,3}", "[NUMBER_7][SECRET_12] ORDERS_9") == ["ORDERS_9"]
