"""The same value has the same bytes, and what has no form is refused without a word of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.errors import BadInput

NOON = datetime(2026, 3, 17, 12, 0, 0, 5, tzinfo=UTC)


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
