"""The watch over one stream: days foretold, bins tested in order, one alarm per rise.

Here: the order of things. The rule that is easy to break: nothing that is asked of a bin may depend on a later one, so that a stream cut
short has the same alarms up to the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.statistics.rate_alarms.alert import Alert
from feedback_loop.methods.statistics.rate_alarms.bursts import Counted, most_per_bin
from feedback_loop.methods.statistics.rate_alarms.expectation import Expectation, Foretold
from feedback_loop.methods.statistics.rate_alarms.rising_rate import RisingRate
from feedback_loop.methods.statistics.rate_alarms.scatter import Scatter
from feedback_loop.methods.statistics.rate_alarms.stream import HOUR_US, Stream
from feedback_loop.methods.statistics.rate_alarms.today import Today

Reals = npt.NDArray[np.float64]

BUDGET_SLACK = 12.0
"""How many times later than its bound says a false alarm comes on simulated streams without a rise: means are foretold on the safe side,
evidence fades, and the statistic jumps over its threshold. The benchmark `detect_cases` measures what is left of the budget."""

_WARM_UP_DAYS = 7
_MEMORY_US, _LEAST_BINS = 10 * HOUR_US, 10


def raised_alarms(stream: Stream, watched_from: int, days_per_false_alarm: float) -> list[int]:
    """When alarms of a rise are raised from `watched_from` on, in microseconds since the epoch: each right after the complaint that did it.

    One false alarm may come in so many days. The time before serves to learn; alarms in it are not told but kept out of what is learnt.
    """
    watch = Watch(stream, days_per_false_alarm)
    first_day = max(1, min(_WARM_UP_DAYS, (watched_from - stream.first) // (stream.bin_us * stream.bins_per_day)))
    raised = [instant for day in range(first_day, stream.days) for instant in watch.day(day)]
    return [instant for instant in raised if instant > watched_from]


@dataclass(frozen=True)
class _Bin:
    number: int
    instants: list[int]
    mean: float
    dispersion: float


class Watch:
    """Goes through the days of a stream in order."""

    def __init__(self, stream: Stream, days_per_false_alarm: float) -> None:
        self._stream, self._starts = stream, stream.starts
        self._expectation, self._scatter = Expectation(stream), Scatter(stream.bins_per_day)
        self._test = RisingRate(
            threshold=max(days_per_false_alarm * stream.bins_per_day / BUDGET_SLACK, 2.0),
            kept=exp(-1.0 / max(_MEMORY_US / stream.bin_us, _LEAST_BINS)),
        )
        self._counted = Counted(stream.bin_us)
        self._alert: Alert | None = None

    def day(self, day: int) -> list[int]:
        """The alarms of the day, which is the next one."""
        foretold = self._expectation.foretell(day, self._scatter.dispersion)
        cautious, spread = foretold.cautious, self._scatter.dispersion + foretold.day_variance
        most = most_per_bin(cautious, spread, self._scatter.burst_share)
        today = Today(foretold.day_variance, self._stream.bin_us)
        first = day * self._stream.bins_per_day
        usual, expected, raised = [], [], []
        for n, mean in enumerate(cautious.tolist()[: self._stream.bins - first]):
            instants = self._instants(first + n)
            dispersion = self._scatter.dispersion + float(foretold.doubts[n])
            kept = self._counted.keep(instants, int(most[n]))
            if self._alert is None:
                usual.append(n)
                expected.append(float(foretold.means[n]) * today.factor)
                raised += self._test_bin(_Bin(first + n, kept, mean, dispersion), today)
            elif self._has_ended(self._alert, _Bin(first + n, instants, mean, spread)):
                self._alert = None
                today.begin_anew()
        self._learn(first, foretold, usual, expected)
        return raised

    def _instants(self, number: int) -> list[int]:
        found: list[int] = self._stream.instants[self._starts[number] : self._starts[number + 1]].tolist()
        return found

    def _test_bin(self, tested: _Bin, today: Today) -> list[int]:
        count = len(tested.instants)
        which = self._test.add(count, tested.mean * today.factor, tested.dispersion + today.doubt)
        today.add(count, tested.mean, tested.dispersion)
        if which is None:
            return []
        self._alert = Alert(tested.number, self._stream.bins_per_day)
        self._test.restart()
        return [tested.instants[which - 1] + 1]

    def _has_ended(self, alert: Alert, tested: _Bin) -> bool:
        if alert.is_over(len(tested.instants), tested.mean, tested.dispersion):
            self._expectation.leave_out(alert.since, tested.number)
            return True
        if alert.is_the_new_usual(tested.number):
            self._expectation.take_in(alert.since, tested.number)
            return True
        return False

    def _learn(self, first: int, foretold: Foretold, usual: list[int], expected: list[float]) -> None:
        if self._alert is not None:
            self._expectation.leave_out(self._alert.since, first + self._stream.bins_per_day - 1)
        numbers = np.asarray(usual, dtype=np.int64)
        counts = np.diff(self._starts)[first + numbers].astype(float)
        self._scatter.add(counts, np.asarray(expected), foretold.doubts[numbers])
