"""Values in JSON and on a terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.cli.printing import one_line, plain, printable, shortened
from feedback_loop.contracts.vocab import Trend


@dataclass(frozen=True)
class Thing:
    day: date
    parts: tuple[object, ...]


def test_plain_values_are_those_of_json() -> None:
    thing = Thing(date(2024, 3, 1), (Trend.NEW, b"\x00\xff", float("inf"), Decimal("1.5"), datetime(2024, 3, 1, tzinfo=UTC), None, True))
    assert json.loads(json.dumps(plain(thing))) == {
        "day": "2024-03-01",
        "parts": ["new", "00ff", None, 1.5, "2024-03-01T00:00:00+00:00", None, True],
    }


@settings(max_examples=60)
@given(st.text())
def test_no_printed_text_steers_a_terminal(text: str) -> None:
    assert all(c.isprintable() or c in "\n\u200c\u200d" for c in printable(text))
    assert "\n" not in one_line(text)


def test_joined_emoji_stay_whole() -> None:
    assert printable("👩\u200d👧") == "👩\u200d👧"


def test_long_texts_are_cut_at_a_word() -> None:
    assert shortened("one two three", limit=8) == "one two …"
    assert shortened("one two", limit=8) == "one two"
