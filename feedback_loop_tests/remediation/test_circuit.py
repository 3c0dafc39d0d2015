"""When a connector may be asked: not after failures in a row, once after the pause, and never more in a minute than the pace allows."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.remediation.circuit import Circuit, Pace
from feedback_loop_tests.fakes import START

PAUSE, MINUTE, SECOND = timedelta(minutes=5), timedelta(minutes=1), timedelta(seconds=1)


def test_a_circuit_opens_after_failures_in_a_row_and_not_before() -> None:
    circuit = Circuit(3, PAUSE)
    for _ in range(2):
        circuit.failed(START)
    assert circuit.shut_until(START) is None
    circuit.answered()
    for _ in range(2):
        circuit.failed(START)
    assert circuit.shut_until(START) is None
    circuit.failed(START + SECOND)
    assert circuit.shut_until(START + SECOND) == START + SECOND + PAUSE


def test_after_the_pause_the_answer_to_one_probe_decides() -> None:
    circuit = Circuit(1, PAUSE)
    circuit.failed(START)
    assert circuit.shut_until(START + PAUSE - SECOND) == START + PAUSE
    assert circuit.shut_until(START + PAUSE) is None
    circuit.failed(START + PAUSE)
    assert circuit.shut_until(START + PAUSE) == START + 2 * PAUSE
    circuit.answered()
    assert circuit.shut_until(START + PAUSE) is None


@given(st.lists(st.integers(0, 40), max_size=80), st.integers(1, 7))
def test_no_minute_sees_more_questions_than_the_pace_allows_and_waiting_until_then_suffices(steps: list[int], most: int) -> None:
    pace, now, asked = Pace(most), START, []
    for step in steps:
        now += step * SECOND
        until = pace.full_until(now)
        if until is not None:
            assert now < until <= now + MINUTE
            assert pace.full_until(now) == until
            now = until
            assert pace.full_until(now) is None
        pace.count(now)
        asked.append(now)
    assert all(later - first >= MINUTE for first, later in zip(asked, asked[most:], strict=False))
    assert all(first <= later for first, later in pairwise(asked))
