"""One loop: files as a user has them, landed by the inbox, run by schedule, sensor and command line, read as ranked issues.

Everything is real but the vectors (of spelling, for speed), the clock and the pictures. The words are a fixture's; what the company of
`simulation/` lives through is the demo's affair.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from feedback_loop.adapters import charts
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import marts
from feedback_loop.defs.drive import RunSummary, run_assets
from feedback_loop.defs.jobs import open_day_every_five_minutes
from feedback_loop.defs.run_days import days_in
from feedback_loop.defs.sensors import landed_days, waiting_inbox
from feedback_loop.defs.wiring import build_run_defs
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import PRODUCT, SAYINGS, day, days, feedback

OPEN, SPIKE = 24, 20
NOW = datetime.combine(day(OPEN), datetime.min.time(), UTC) + timedelta(hours=12)
REVIEW_COLUMNS = ("reviewId", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at", "replyContent", "repliedAt")


def reviews() -> str:
    """The reviews of the closed days, as Google Play exports them; one of them has no id."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(REVIEW_COLUMNS)
    for said in feedback(OPEN - 1, per_day=4, spike=SPIKE):
        at = said.occurred_at.strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow([said.source_record_id, said.text, int(said.rating or 1), 0, said.product_version, at, "", ""])
    writer.writerow(["", "no id", 1, 0, "1.0", "2024-03-02 10:00:00", "", ""])
    return out.getvalue()


def ticket(name: str, text: str, severity: str | None) -> str:
    """A ticket of the open day, as one line of JSON."""
    fields = {"source_record_id": name, "channel": "ticket", "product": PRODUCT, "text": text, "severity": severity}
    return json.dumps({**fields, "occurred_at": f"{day(OPEN)}T08:00:00Z"}) + "\n"


def put(home: Home, name: str, content: str) -> None:
    file = home.folder / "inbox" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


class Company:
    """A home with its files, its automation and what readers see of it."""

    def __init__(self, home: Home, instance: dg.DagsterInstance) -> None:
        self.home, self.instance = home, instance
        self.cursor: str | None = None

    def land(self) -> None:
        """The landing that the inbox asks for."""
        with dg.build_sensor_context(resources=self.home.resources(NOW)) as context:
            assert isinstance(waiting_inbox(context), dg.RunRequest)
        assert self.home.defs(NOW).resolve_job_def("landing").execute_in_process().success

    def sensed(self) -> dg.RunRequest | None:
        """What the sensor of late days asks for."""
        with dg.build_sensor_context(cursor=self.cursor, resources=self.home.resources(NOW)) as context:
            outcome = landed_days(context)
        assert isinstance(outcome, dg.SensorResult)
        self.cursor = outcome.cursor
        return next(iter(outcome.run_requests or []), None)

    def due(self) -> dg.RunRequest:
        """What the five-minute schedule asks for."""
        with dg.build_schedule_context(self.instance, NOW, self.home.resources(NOW)) as context:
            outcome = open_day_every_five_minutes(context)
        assert isinstance(outcome, dg.RunRequest)
        return outcome

    def published(self) -> RunSummary:
        """The command line's run over everything, marts included."""
        return run_assets(build_run_defs(self.home.resources()), days(0, OPEN))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the marts, as readers get them."""
        with duckdb.connect(str(load_settings(self.home.folder).marts_file), read_only=True) as connection:
            return connection.sql(sql).fetchall()


def test_files_become_issues_with_alerts_and_a_second_run_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dagster").mkdir()
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    monkeypatch.setattr(charts, "_png", lambda _: b"")
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        company = Company(Home(tmp_path / "home", tmp_path / "vectors"), instance)
        home = company.home

        put(home, f"google_play/{PRODUCT}/reviews.csv", reviews())
        put(home, f"releases/{PRODUCT}/releases.csv", f"version,released_at\n2.0,{day(OPEN // 2)}\n")
        company.land()
        assert home.table("bronze_quarantine").height == 1
        request = company.sensed()
        assert request is not None
        assert days_in(request.tags) == days(0, OPEN - 1)
        assert home.loop(tags=dict(request.tags)).success
        rates = home.table("analysis_alert").filter(alert_kind="rate")
        assert day(SPIKE) in rates["event_date"].to_list()

        put(home, "records/tickets.jsonl", ticket("t1", SAYINGS["billing"][0], "urgent") + ticket("t2", SAYINGS["crash"][0], None))
        company.land()
        assert company.sensed() is None
        assert home.loop(day(OPEN), tags=dict(company.due().tags)).success
        assert home.table("analysis_alert", days(OPEN, OPEN)).filter(alert_kind="urgent").height == 1

        before = home.versions(), home.digests()
        summary = company.published()
        assert summary.failed_checks == []
        assert (home.versions(), home.digests()) == before

    assert {row[0] for row in company.query("select table_name from information_schema.tables")} >= {table.name for table in marts()}
    assert company.query("select sum(message_count) from mart_feedback_daily") == [(home.table("silver_message").height,)]
    of_the_spike = f"event_date = '{day(SPIKE)}' and alert_kind <> 'urgent' and alerted_class = 'crash'"
    issue = f"issue_id in (select complaint_issue_id from mart_alert where {of_the_spike})"
    assert company.query(f"select distinct issue_class from mart_issue where {issue}") == [("crash",)]
    urgent = company.query("select alerted_class from mart_alert where alert_kind = 'urgent'")
    assert urgent == [("billing",)]
