"""Hours of work in seconds: several jobs at once on one made-up clock, which jumps to whatever comes next.

Each job runs in a thread of its own, but only one runs at any moment: it goes on until it sleeps or ends, and then the one whose turn is
next wakes up. So the same jobs always run in the same order, and a wait of a minute costs nothing. The rule that is easy to break: who
waits has to wait here, because real time does not pass.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Semaphore, Thread

from feedback_loop_tests.fakes import FakeClock


class VirtualTime(FakeClock):
    """The clock of all jobs."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count, self._is_idle = itertools.count(), Semaphore(0)
        self._errors: list[BaseException] = []

    def at(self, instant: datetime, job: Callable[[], None]) -> None:
        """Begins the job then."""
        self._push(instant, lambda: Thread(target=self._done, args=(job,), daemon=True).start())

    def sleep(self, span: timedelta) -> None:
        """Comes back so much later; called by a job."""
        woken = Event()
        self._push(self.instant + span, woken.set)
        self._is_idle.release()
        woken.wait()

    def run(self) -> None:
        """Comes back when no job is left; raises what a job raised."""
        while self._coming:
            self.instant, _, go_on = heapq.heappop(self._coming)
            go_on()
            self._is_idle.acquire()
            if self._errors:
                raise self._errors[0]

    def _push(self, instant: datetime, go_on: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (max(instant, self.instant), next(self._count), go_on))

    def _done(self, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # whatever ends a job ends the run, which tells it
            self._errors.append(error)
        finally:
            self._is_idle.release()
