"""The same value has the same bytes, and what has no form is refused without a word of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.canonical import canonical_json, instant_text, parsed_json
from feedback_loop.errors import BadInput

NOON = datetime(2026, 3, 17, 12, 0, 0, 5, tzinfo=UTC)


TEXTS = st.text(max_size=6) | st.text(st.characters(codec="utf-8", min_codepoint=0xE000, max_codepoint=0x1F700), max_size=3)
NUMBERS = st.one_of(
    st.integers(-(2**54), 2**54), st.floats(), st.floats(1e-8, 1e-3), st.floats(1e14, 1e23), st.integers(-(2**53), 2**53).map(float)
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(TEXTS, part, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_is_written_as_the_library_of_the_standard_writes_it(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        with pytest.raises(BadInput):
            canonical_json(value)
    else:
        assert canonical_json(value) == expected


@given(VALUES)
def test_what_was_written_is_read_such_that_it_is_written_again(value: object) -> None:
    try:
        text = canonical_json(value)
    except BadInput:
        return
    assert canonical_json(parsed_json(text.decode())) == text


@pytest.mark.parametrize("text", ["", "{", '{"a": 1, "a": 2}', "NaN?"])
def test_a_text_that_says_nothing_or_two_things_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever the reason)
        parsed_json(text)


def test_the_example_of_the_standard_is_written_as_it_says() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001, -0.0],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical_json(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_the_order_of_names_does_not_count() -> None:
    assert (
        canonical_json({"b": 1, "a": [1.0, None, True]}) == canonical_json({"a": (1, None, True), "b": 1}) == b'{"a":[1,null,true],"b":1}'
    )


def test_an_instant_is_written_in_utc_with_microseconds_wherever_it_was_stated() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert canonical_json({"at": NOON}) == canonical_json({"at": elsewhere}) == b'{"at":"2026-03-17T12:00:00.000005Z"}'
    assert instant_text(datetime(2026, 3, 17, tzinfo=UTC)) == "2026-03-17T00:00:00.000000Z"


def test_a_day_and_letters_of_any_script_are_kept() -> None:
    assert canonical_json([date(2026, 3, 17), "Grüße 😀"]) == '["2026-03-17","Grüße 😀"]'.encode()


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes", "\ud800", {1: "a"}, {"\ud800": 1}, 2**60, [object()]])
def test_what_has_no_form_is_refused_without_quoting_it(value: object) -> None:
    with pytest.raises(BadInput) as caught:
        canonical_json({"value": value} if not isinstance(value, dict) else value)
    assert "canonical JSON" in str(caught.value)
    assert repr(value) not in str(caught.value)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="time zone"):
        canonical_json({"at": NOON.replace(tzinfo=None)})
