"""A stream as counts: nothing is lost, and the hours of the week are those of the calendar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, HOUR_US, Stream, joined_minutes
from feedback_loop_tests.methods.statistics.rate_alarms.rate_streams import START, stream_of


@given(st.lists(st.integers(-DAY_US, 4 * DAY_US), max_size=30), st.sampled_from([1, 5, 10, 15, 20, 60, 1440]))
def test_every_instant_within_is_in_one_bin_and_one_hour(offsets: list[int], minutes: int) -> None:
    stream = stream_of(START + np.asarray(offsets, dtype=np.int64), 3, minutes)
    within = sum(0 <= offset < 3 * DAY_US for offset in offsets)
    assert np.diff(stream.starts).sum() == stream.hourly().sum() == within
    assert stream.bins == 3 * stream.bins_per_day == np.diff(stream.starts).size


@pytest.mark.parametrize(("given_minutes", "joined"), [(1, 15), (2, 12), (5, 15), (8, 8), (10, 10), (15, 15), (20, 20), (1440, 1440)])
def test_short_bins_are_joined_to_at_most_a_quarter_of_an_hour(given_minutes: int, joined: int) -> None:
    assert joined_minutes(given_minutes) == joined


def test_monday_begins_the_week_whatever_hour_the_stream_begins_at() -> None:
    assert stream_of(np.zeros(0, dtype=np.int64), 1).hour_of_week(0).tolist() == list(range(24))
    later = Stream.of(np.zeros(0, dtype=np.int64), START + 30 * HOUR_US, START + 60 * HOUR_US, 60)
    assert later.hour_of_week(0)[0] == 30
    assert later.bin_points(0)[0] == pytest.approx([30.125, 30.375, 30.625, 30.875])


def test_a_last_bin_that_is_cut_short_is_a_bin() -> None:
    stream = Stream.of(np.asarray([START + HOUR_US]), START, START + HOUR_US + 1, 15)
    assert (stream.bins, stream.days, np.diff(stream.starts).tolist()) == (5, 1, [0, 0, 0, 0, 1])
