"""When the schedules ask for which day, by a clock that the test sets; and how an open day grows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from feedback_loop.defs.jobs import close_of_day, open_day_every_five_minutes
from feedback_loop.defs.resources import ClockResource, HomeResource, StoreResource
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, day, days, feedback, record

OPEN = 8
MORNING = datetime.combine(day(OPEN), datetime.min.time(), UTC) + timedelta(hours=9)
FIVE_MINUTES = timedelta(minutes=5)


class Ticking:
    """The five-minute schedule over a home and an instance that remembers the runs; the clock is set by hand."""

    def __init__(self, home: Home, instance: dg.DagsterInstance) -> None:
        self.home, self.instance, self.now = home, instance, MORNING

    def tick(self) -> dg.RunRequest | None:
        """What the schedule asks for five minutes later; None where it skips."""
        self.now += FIVE_MINUTES
        store = StoreResource(home=HomeResource(home=str(self.home.folder)))
        resources = {"store": store, "clock": ClockResource(fixed=self.now.isoformat())}
        with dg.build_schedule_context(self.instance, self.now, resources) as context:
            outcome = open_day_every_five_minutes(context)
        assert isinstance(outcome, dg.RunRequest | dg.SkipReason)
        return outcome if isinstance(outcome, dg.RunRequest) else None

    def tick_and_run(self) -> bool:
        """Whether the schedule asked for a run; that run has ended well."""
        request = self.tick()
        if request is None:
            return False
        assert request.partition_key == day(OPEN).isoformat()
        assert self.home.loop(day(OPEN), tags=dict(request.tags)).success
        self.ended(request, dg.DagsterRunStatus.SUCCESS)
        return True

    def ended(self, request: dg.RunRequest | None, status: dg.DagsterRunStatus) -> None:
        """Stores a run of the request with that end, without doing it."""
        assert request is not None
        self.instance.add_run(dg.DagsterRun("loop", tags=dict(request.tags), status=status))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """An instance on disk, as schedules need it; making one takes a second, so the tests of this file empty it and share it."""
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as instance:
        yield instance


@pytest.fixture
def ticking(home: Home, history: dg.DagsterInstance) -> Ticking:
    history.wipe()
    return Ticking(home, history)


def test_open_day_is_left_alone_while_nothing_ever_landed(ticking: Ticking) -> None:
    assert ticking.tick() is None


def test_open_day_is_asked_for_once_after_each_landing(ticking: Ticking) -> None:
    for number in range(2):
        ticking.home.land([record(f"new-{number}", OPEN, "It crashes.")], ticking.now)
        ticking.ended(ticking.tick(), dg.DagsterRunStatus.SUCCESS)
        assert ticking.tick() is None


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_open_day_is_not_asked_for_while_the_same_run_is_under_way(ticking: Ticking, status: dg.DagsterRunStatus) -> None:
    ticking.home.land([record("new", OPEN, "It crashes.")], ticking.now)
    ticking.ended(ticking.tick(), status)
    assert ticking.tick() is None


def test_open_day_is_asked_for_again_when_its_run_failed(ticking: Ticking) -> None:
    ticking.home.land([record("new", OPEN, "It crashes.")], ticking.now)
    ticking.ended(ticking.tick(), dg.DagsterRunStatus.FAILURE)
    assert ticking.tick() is not None


def test_next_day_is_opened_even_where_nothing_landed_on_it(ticking: Ticking) -> None:
    ticking.home.land([record("new", OPEN, "It crashes.")], ticking.now)
    ticking.ended(ticking.tick(), dg.DagsterRunStatus.SUCCESS)
    ticking.now += timedelta(days=1)
    request = ticking.tick()
    assert request is not None
    assert request.partition_key == day(OPEN + 1).isoformat()


@pytest.mark.parametrize("minutes", [20, 20 + 3 * 24 * 60])
def test_close_of_day_asks_for_the_day_before_the_tick_was_due_also_when_it_comes_late(minutes: int) -> None:
    due = datetime.combine(day(OPEN), datetime.min.time(), UTC) + timedelta(minutes=minutes)
    requests = close_of_day(dg.build_schedule_context(scheduled_execution_time=due))
    assert isinstance(requests, Iterator)
    [request] = requests
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == (due.date() - timedelta(days=1)).isoformat()


def test_schedules_run_every_five_minutes_and_shortly_after_midnight_in_utc() -> None:
    assert (open_day_every_five_minutes.cron_schedule, open_day_every_five_minutes.execution_timezone) == ("*/5 * * * *", "UTC")
    assert (close_of_day.cron_schedule, close_of_day.execution_timezone) == ("20 0 * * *", "UTC")


def test_open_day_that_grows_by_five_landings_ends_as_the_closed_day_and_an_urgent_record_alerts_at_once(
    new_home: NewHome, ticking: Ticking
) -> None:
    growing, alerted = ticking.home, []
    growing.land(feedback(OPEN - 1), MORNING)  # before the open day's rows, which are linked with what was known when they landed
    growing.run(days(0, OPEN - 1))
    closed = growing.copied_to(new_home())
    arrivals = [record(f"open-{n}", OPEN, text) for n, text in enumerate(t.format(n=n) for t in SAYINGS["crash"] for n in range(2))]
    urgent = record("open-urgent", OPEN, "I was charged twice for my subscription.", severity="urgent")
    portions = [arrivals[:2], arrivals[2:3], [urgent, arrivals[3]], arrivals[4:7], arrivals[7:]]
    for portion in portions:
        growing.land(portion, ticking.now)
        assert ticking.tick_and_run()
        alerted.append(growing.table("analysis_alert", days(OPEN, OPEN)).filter(alert_kind="urgent").height)
    assert alerted == [0, 0, 1, 1, 1]
    closed.land([row for portion in portions for row in portion], MORNING + timedelta(days=1))
    closed.run(days(OPEN, OPEN))
    assert growing.digests() == closed.digests()
