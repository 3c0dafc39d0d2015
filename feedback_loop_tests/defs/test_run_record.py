"""Runs of the command line in Dagster's history: every day of every table, one event where a table has no days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.defs.run_record import INSTANCE_SETTINGS, open_instance, record_run
from feedback_loop_tests.defs.made_up_feedback import days

ROWS = {"silver_message": 7, "context_release": 2, "mart_issue": 3}
DAYS = days(0, 89)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """An instance as users have it; making one takes two seconds, so the tests of this file empty it and share it."""
    with open_instance(tmp_path_factory.mktemp("home") / "dagster") as opened:
        yield opened


@pytest.fixture
def instance(shared: dg.DagsterInstance) -> dg.DagsterInstance:
    shared.wipe()
    return shared


def events(instance: dg.DagsterInstance, name: str) -> list[dg.AssetMaterialization]:
    records = instance.fetch_materializations(dg.AssetKey(name), limit=1000).records
    return [r.asset_materialization for r in records if r.asset_materialization is not None]


def keys(of: DayRange) -> set[str]:
    return {day.isoformat() for day in of}


def test_every_day_of_a_table_by_day_is_materialised(instance: dg.DagsterInstance) -> None:
    record_run(instance, ROWS, DAYS)
    assert instance.get_materialized_partitions(dg.AssetKey("silver_message")) == keys(DAYS)
    assert len(events(instance, "silver_message")) == len(DAYS)


@pytest.mark.parametrize("name", ["context_release", "mart_issue"])
def test_table_without_days_has_one_event(instance: dg.DagsterInstance, name: str) -> None:
    record_run(instance, ROWS, DAYS)
    [event] = events(instance, name)
    assert event.partition is None


def test_event_tells_the_rows_and_days_of_the_run(instance: dg.DagsterInstance) -> None:
    record_run(instance, ROWS, DAYS)
    metadata = {name: value.value for name, value in events(instance, "silver_message")[0].metadata.items()}
    assert metadata == {"rows_of_run": 7, "days_of_run": "2024-03-01..2024-05-29"}


def test_later_run_adds_its_days_and_is_the_latest(instance: dg.DagsterInstance) -> None:
    record_run(instance, ROWS, days(0, 2))
    record_run(instance, ROWS, days(2, 4))
    assert instance.get_materialized_partitions(dg.AssetKey("silver_message")) == keys(days(0, 4))
    latest = instance.get_latest_materialization_event(dg.AssetKey("silver_message"))
    assert latest is not None
    assert latest.asset_materialization is not None
    assert latest.asset_materialization.partition == days(4, 4).first.isoformat()


def test_run_of_one_day_is_recorded(instance: dg.DagsterInstance) -> None:
    record_run(instance, {"gold_issue": 1}, days(3, 3))
    assert instance.get_materialized_partitions(dg.AssetKey("gold_issue")) == keys(days(3, 3))


def test_storage_other_than_sqlite_gets_the_same_events_through_dagsters_own_door() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        record_run(instance, ROWS, days(0, 4))
        assert instance.get_materialized_partitions(dg.AssetKey("silver_message")) == keys(days(0, 4))
        assert len(events(instance, "context_release")) == 1


def test_instance_sends_nothing_home_and_runs_one_run_at_a_time(instance: dg.DagsterInstance) -> None:
    queue = instance.get_concurrency_config().run_queue_config
    assert (instance.telemetry_enabled, instance.nux_enabled) == (False, False)
    assert queue is not None
    assert queue.max_concurrent_runs == 1


def test_history_is_there_when_the_instance_is_opened_again(instance: dg.DagsterInstance) -> None:
    record_run(instance, ROWS, days(0, 1))
    with open_instance(Path(instance.root_directory)) as again:
        assert again.get_materialized_partitions(dg.AssetKey("silver_message")) == keys(days(0, 1))


def test_settings_that_someone_changed_are_left_alone(tmp_path: Path) -> None:
    settings = tmp_path / "dagster.yaml"
    settings.write_text(INSTANCE_SETTINGS + "# mine\n")
    open_instance(tmp_path).dispose()
    assert settings.read_text().endswith("# mine\n")
