"""When a change began, beside when the complaints did, and what that is worth."""

from __future__ import annotations

import numpy as np

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS
from feedback_loop.analysis.suspicion import INNOCENTS_NEARBY, timing
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.methods.diagnosis.change_log import LOGGED
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.analysis.test_weighing import FAULT, weighed

WEIGHING = weighed(of_class(FAULT))
ONSET = 58
"""Of the window's 72 hours."""


def began(hours_before: float) -> Cause:
    started = int(WEIGHING.window.start + (ONSET - hours_before) * HOUR_MICROSECONDS)
    return Cause("c", CauseKind.CONFIG, "web", started, None, {}, "")


def worth(hours_before: float, *others: Cause) -> float:
    return float(timing([began(hours_before), *others], WEIGHING)[0, ONSET])


def test_the_longer_before_the_less_it_is_suspected() -> None:
    found = [worth(hours) for hours in (0.5, 3, 10, 30)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 3 * found[-1]


def test_what_began_after_the_complaints_is_not_suspected() -> None:
    assert worth(-2) == 0


def test_time_alone_makes_no_change_much_likelier_than_an_unknown_cause() -> None:
    assert worth(0.5) <= LOGGED / INNOCENTS_NEARBY


def test_where_changes_are_many_each_is_worth_less() -> None:
    others = [began(40 + n / 10) for n in range(200)]
    assert worth(3, *others) < worth(3)


def test_hours_in_which_nobody_complains_do_not_count() -> None:
    night = np.r_[np.linspace(1, 0.5, 36), np.full(22, 0.5), np.linspace(0.5, 0, 15)][:-1]
    asleep = type(WEIGHING)(**{**vars(WEIGHING), "level": type(WEIGHING.level)(30.0, 30.0, night, WEIGHING.level.moments)})
    before_the_night = began(20)
    assert timing([before_the_night], asleep)[0, ONSET] > timing([before_the_night], WEIGHING)[0, ONSET]


def test_no_changes_have_no_timing() -> None:
    assert timing([], WEIGHING).shape == (0, len(WEIGHING.level.moments))
