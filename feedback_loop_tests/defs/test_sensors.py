"""What the sensors ask for, by the truth table of what landed since they last looked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.defs.resources import ClockResource, HomeResource, StoreResource
from feedback_loop.defs.run_days import days_in
from feedback_loop.defs.sensors import failed_run, landed_days, waiting_inbox
from feedback_loop.sources.reading import Row
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import START, day, days, record, release

TODAY = 20
NOW = datetime.combine(day(TODAY), datetime.min.time(), UTC) + timedelta(hours=15)


class Sensed:
    """The sensor over a home at `NOW`, with its cursor from tick to tick."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._cursor: str | None = None
        self._landings = 0

    def tick(self) -> dg.SensorResult | dg.SkipReason:
        place = HomeResource(home=str(self._home.folder))
        resources = {"store": StoreResource(home=place), "clock": ClockResource(fixed=NOW.isoformat())}
        with dg.build_sensor_context(cursor=self._cursor, resources=resources) as context:
            outcome = landed_days(context)
        assert isinstance(outcome, dg.SensorResult | dg.SkipReason)
        if isinstance(outcome, dg.SensorResult):
            self._cursor = outcome.cursor
        return outcome

    def after(self, *rows: Row) -> DayRange | None:
        """The days that are requested once the rows have landed; None where no run is."""
        self._landings += 1
        self._home.land(rows, NOW + timedelta(minutes=self._landings))
        outcome = self.tick()
        assert isinstance(outcome, dg.SensorResult)
        requests = outcome.run_requests or []
        assert len(requests) <= 1
        return days_in(requests[0].tags) if requests else None


@pytest.fixture
def sensed(home: Home) -> Sensed:
    """A sensor that has seen records of days 2 to 10 and of today."""
    sensed = Sensed(home)
    known = [record(f"known-{n}", n, "It crashes.", product_version="1.0" if n < 6 else "2.0") for n in (2, 4, 6, 8, 10, TODAY)]
    assert sensed.after(*known) == days(2, TODAY - 1)
    return sensed


def test_nothing_landed_asks_for_nothing(home: Home) -> None:
    assert isinstance(Sensed(home).tick(), dg.SkipReason)


def test_first_landing_asks_for_its_first_day_to_yesterday(home: Home) -> None:
    assert Sensed(home).after(record("a", 3, "It crashes."), record("b", 7, "It crashes.")) == days(3, TODAY - 1)


def test_landing_that_was_seen_is_not_asked_for_again(sensed: Sensed) -> None:
    assert isinstance(sensed.tick(), dg.SkipReason)


def test_same_rows_landed_again_ask_for_nothing(sensed: Sensed, home: Home) -> None:
    home.land([record("known-4", 4, "It crashes.", product_version="1.0")], NOW + timedelta(hours=1))
    assert isinstance(sensed.tick(), dg.SkipReason)


def test_late_row_asks_for_its_day_and_all_days_after_because_gold_looks_back_on_everything(sensed: Sensed) -> None:
    assert sensed.after(record("late", 9, "Late.")) == days(9, TODAY - 1)


EDITS = [(4, 9), (10, 4), (4, 4), (4, TODAY)]


@pytest.mark.parametrize(("before", "after"), EDITS, ids=[f"from day {b} to day {a}" for b, a in EDITS])
def test_edit_that_moves_a_record_touches_both_days(sensed: Sensed, before: int, after: int) -> None:
    assert sensed.after(record(f"known-{before}", after, "Edited.")) == days(min(before, after), TODAY - 1)


def test_release_that_is_fed_late_touches_the_days_on_which_it_is_a_candidate(sensed: Sensed) -> None:
    assert sensed.after(release("3.0", 12)) == days(12, TODAY - 1)


@pytest.mark.parametrize(("stated", "first"), [(5, 5), (8, 6)], ids=["before the version was seen", "after the version was seen"])
def test_release_of_a_version_known_by_inference_touches_the_days_of_the_inference_too(sensed: Sensed, stated: int, first: int) -> None:
    assert sensed.after(release("2.0", stated)) == days(first, TODAY - 1)


def test_corrected_release_touches_the_days_of_the_earlier_statement_too(sensed: Sensed) -> None:
    assert sensed.after(release("3.0", 11)) == days(11, TODAY - 1)
    assert sensed.after(release("3.0", 14)) == days(11, TODAY - 1)


def test_late_row_that_shows_a_version_earlier_also_covers_the_days_around_its_old_first_day(sensed: Sensed) -> None:
    """Version 2.0 was inferred on day 6; a row of day 3 names it, so what stood beside alerts from day 6 on changes as well."""
    touched = sensed.after(record("early", 3, "It crashes.", product_version="2.0"))
    assert touched is not None
    assert {day(3), day(6), day(13)} <= set(touched)


def test_rows_of_today_alone_are_the_affair_of_the_schedule(sensed: Sensed) -> None:
    assert sensed.after(record("now", TODAY, "Now.")) is None
    assert isinstance(sensed.tick(), dg.SkipReason)


def test_release_in_the_future_asks_for_nothing_yet(sensed: Sensed) -> None:
    assert sensed.after(release("9.0", TODAY + 3)) is None


@pytest.mark.parametrize("first", [FIRST_DAY - timedelta(days=1), date(1970, 1, 1)])
def test_rows_before_the_first_partition_ask_for_nothing(sensed: Sensed, first: date) -> None:
    assert sensed.after(record("ancient", (first - START).days, "Clock wrong.")) is None


def test_run_of_a_request_is_one_that_the_loop_job_can_do(sensed: Sensed, home: Home) -> None:
    home.land([record("late", 9, "Late.")], NOW + timedelta(minutes=9))
    outcome = sensed.tick()
    assert isinstance(outcome, dg.SensorResult)
    request = (outcome.run_requests or [])[0]
    assert request.partition_key is None
    assert home.loop(tags=dict(request.tags)).success
    assert home.table("silver_message")["event_date"].sort().to_list() == [day(9), day(10)]


def test_runs_of_different_landings_have_different_keys(sensed: Sensed, home: Home) -> None:
    keys = []
    for name in ("one", "two"):
        home.land([record(name, 9, "Late.")], NOW + timedelta(minutes=9))
        outcome = sensed.tick()
        assert isinstance(outcome, dg.SensorResult)
        keys += [request.run_key for request in outcome.run_requests or []]
    assert len(set(keys)) == 2


def waiting(home: Home) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(resources={"home": HomeResource(home=str(home.folder))}) as context:
        outcome = waiting_inbox(context)
    assert isinstance(outcome, dg.RunRequest | dg.SkipReason)
    return outcome


def put(home: Home, names: Sequence[str]) -> list[Path]:
    files = [home.folder / "inbox" / name for name in names]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
    return files


def test_empty_inbox_asks_for_no_landing(home: Home) -> None:
    assert isinstance(waiting(home), dg.SkipReason)
    put(home, ["records/.hidden.jsonl", ".landed/records/old.jsonl"])
    assert isinstance(waiting(home), dg.SkipReason)


def test_waiting_files_ask_for_one_landing_until_more_come(home: Home) -> None:
    put(home, ["records/a.jsonl"])
    first, again = waiting(home), waiting(home)
    put(home, ["records/b.jsonl"])
    more = waiting(home)
    keys = [request.run_key for request in (first, again, more) if isinstance(request, dg.RunRequest)]
    assert keys[0] == keys[1] != keys[2]


class Listener(logging.Handler):
    """Remembers what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def test_failed_run_is_named_with_its_days_and_without_its_error() -> None:
    heard = Listener()

    @dg.op
    def fail() -> None:
        raise ValueError("the customer's private words")

    @dg.job
    def doomed() -> None:
        fail()

    with dg.DagsterInstance.ephemeral() as instance:
        tags = {"dagster/partition": "2024-03-01", "owner": "the customer's private words"}
        result = doomed.execute_in_process(instance=instance, raise_on_error=False, tags=tags)
        context = dg.build_run_status_sensor_context("failed_run", result.get_run_failure_event(), instance, result.dagster_run)
        failure = context.for_run_failure()
        failure.log.addHandler(heard)
        failed_run(failure)
    said = "\n".join(heard.said)
    assert result.run_id in said
    assert "doomed" in said
    assert "2024-03-01" in said
    assert "private" not in said


def test_record_helper_gives_the_same_record_whatever_stands_beside_it() -> None:
    one = record("known-4", 4, "It crashes.")
    assert replace(one) == record("known-4", 4, "It crashes.")
