"""Jobs on the made-up clock take turns by their instants, and what one raises ends the run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_loop_tests.benchmarks.virtual_time import VirtualTime
from feedback_loop_tests.fakes import START

MINUTE = timedelta(minutes=1)


def test_who_sleeps_lets_the_others_go_on_and_wakes_in_time() -> None:
    time, told = VirtualTime(START), list[tuple[str, int]]()

    def job(name: str, minutes: int) -> None:
        for _ in range(3):
            time.sleep(minutes * MINUTE)
            told.append((name, (time.now() - START) // MINUTE))

    time.at(START, lambda: job("slow", 60))
    time.at(START + MINUTE, lambda: job("quick", 2))
    time.run()
    assert told == [("quick", 3), ("quick", 5), ("quick", 7), ("slow", 60), ("slow", 120), ("slow", 180)]


def test_what_a_job_raises_ends_the_run() -> None:
    time = VirtualTime(START)
    time.at(START, lambda: [].pop())
    with pytest.raises(IndexError):
        time.run()
