"""Pulling in Dagster: a run for each source that is due, and one vendor's outage fails no other's run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from feedback_loop.adapters.pulling import Pulling
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.pull_jobs import SOURCE_TAG, SourceName, pull_job, sources_that_are_due
from feedback_loop_tests.adapters.vendor_pages.serving import Serving, serving
from feedback_loop_tests.cli.test_sources import answer, write
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.fakes import START, FakeClock

DOWN = "  down: {kind: statuspage, address: 'http://127.0.0.1:9', product: Shop, since: 2026-01-01, switched_on: true}\n"


@pytest.fixture
def vendor() -> Iterator[Serving]:
    with serving(answer) as running:
        yield running


@pytest.fixture
def home(new_home: NewHome, vendor: Serving) -> Home:
    made = new_home()
    write(made.folder, vendor.url, DOWN)
    return made


def run(home: Home, source: str, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    resources = {name: home.resources(START)[name] for name in ("home", "store", "clock")}
    config = dg.RunConfig(ops={"pull_source": SourceName(source=source)})
    return pull_job.execute_in_process(config, resources=resources, instance=instance, raise_on_error=False)


def due(home: Home, instance: dg.DagsterInstance, after: timedelta = timedelta()) -> dict[str, str | None]:
    """The sources that the sensor asks for, with the keys of their runs."""
    resources = {name: home.resources(START + after)[name] for name in ("home", "clock")}
    context = dg.build_sensor_context(instance=instance, resources=resources)
    found = list(sources_that_are_due(context))  # type: ignore[arg-type]
    return {one.tags[SOURCE_TAG]: one.run_key for one in found if isinstance(one, dg.RunRequest)}


def test_each_source_that_is_due_gets_a_run_of_its_own_and_an_outage_fails_that_one_alone(home: Home) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert set(due(home, instance)) == {"status", "down"}
        assert run(home, "status", instance).success
        assert not run(home, "down", instance).success
        assert home.store.read(TABLES["bronze_context_statement"]).height == 1
        assert set(due(home, instance)) == {"down"}
        later = due(home, instance, timedelta(minutes=15))
        assert set(later) == {"status", "down"}
        assert later["down"] != due(home, instance)["down"]


def test_an_unknown_source_fails_its_run(home: Home) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert not run(home, "desk", instance).success


def test_what_was_pulled_is_where_the_command_line_looks(home: Home) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run(home, "status", instance)
    kept = Pulling(load_settings(home.folder), FakeClock()).spool_of("status").latest()
    assert kept is not None
    assert (kept.number, kept.is_last) == (1, True)
