"""Tests of the streams of many numbers."""

from __future__ import annotations

from feedback_loop.simulation.number_streams import number_stream


def test_a_stream_depends_on_its_names_alone() -> None:
    first = number_stream(7, "requests", 3).random(4).tolist()
    number_stream(7, "other").random(9)
    assert number_stream(7, "requests", 3).random(4).tolist() == first
    assert number_stream(8, "requests", 3).random(4).tolist() != first


def test_the_numbers_are_these_in_every_process() -> None:
    assert number_stream("a", 1).integers(0, 1000, 5).tolist() == [184, 645, 443, 734, 831]
