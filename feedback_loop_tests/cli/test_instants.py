"""Instants after an option: days, zones, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from feedback_loop.cli.instants import instant_of
from feedback_loop.errors import BadInput


@pytest.mark.parametrize(
    ("text", "edge", "instant"),
    [
        ("2026-01-31", time.min, datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31", time.max, datetime(2026, 1, 31, 23, 59, 59, 999_999, UTC)),
        ("2026-01-31T12:00:00", time.min, datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", time.min, datetime(2026, 1, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_day_is_its_edge_and_an_instant_without_a_zone_is_utc(text: str, edge: time, instant: datetime) -> None:
    assert instant_of(text, "--since", edge) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59-12:00", "2026-01-31T25:00"])
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="Write --since 2026-01-31 or --since 2026-01-31T12:00:00Z"):
        instant_of(text, "--since", time.min)
