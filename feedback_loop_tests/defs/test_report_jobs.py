"""The pack of the week: written from the marts, waited for where there are none."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from feedback_loop.adapters.marts import publish
from feedback_loop.defs.report_jobs import WRITTEN, pack_of_the_week, report_job
from feedback_loop.defs.resources import HomeResource
from feedback_loop_tests.adapters.built_marts import build_file_of
from feedback_loop_tests.defs.made_up_feedback import day


@pytest.fixture
def home(tmp_path: Path) -> HomeResource:
    return HomeResource(home=str(tmp_path))


def with_marts(home: HomeResource) -> Path:
    settings = home.settings()
    said = {"event_date": day(3), "product": "Lumen", "channel": "ticket", "message_count": 4, "rated_count": 0, "negative_count": 0}
    publish(build_file_of(settings.home / "build", {"mart_feedback_daily": [said]}), settings.marts_file)
    return settings.reports_folder


def test_each_report_of_the_week_is_a_file_of_its_last_day_and_a_second_run_replaces_it(home: HomeResource) -> None:
    folder = with_marts(home)
    for _ in range(2):
        assert report_job.execute_in_process(resources={"home": home}).success
    assert sorted(file.name for file in folder.iterdir()) == sorted(f"{name}-{day(3)}.html" for name in WRITTEN)


def test_a_home_without_marts_is_left_alone_and_one_with_marts_asks_for_a_run(home: HomeResource) -> None:
    assert isinstance(pack_of_the_week(dg.build_schedule_context(resources={"home": home})), dg.SkipReason)
    with_marts(home)
    assert isinstance(pack_of_the_week(dg.build_schedule_context(resources={"home": home})), dg.RunRequest)
