"""Telling of promises from Dagster: a round where a connector names the channel, and none where none does."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.promise_jobs import promises_every_five_minutes, tell_promises_job
from feedback_loop_tests.adapters.slack.running import running_slack
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL, TOKEN
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.one_fault import NOW, land_all, second_story
from feedback_loop_tests.fakes import FakeClock


def connect(home: Path, url: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    settings = f"{{channel: {CHANNEL}, promises_channel: {CHANNEL}}}"
    text = f"connectors:\n  ops-slack: {{kind: slack, address: '{url}', switched_on: true, takes: [retry_job], settings: {settings}}}\n"
    (home / "connectors.yaml").write_text(text, encoding="utf-8")


def run(home: Home) -> bool:
    resources = {name: home.resources(NOW)[name] for name in ("home", "store", "state", "case_system", "clock")}
    return tell_promises_job.execute_in_process(resources=resources, raise_on_error=False).success


def asked_for(home: Home) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(resources={"case_system": home.resources(NOW)["case_system"]}) as context:
        outcome = promises_every_five_minutes(context)
    assert isinstance(outcome, dg.RunRequest | dg.SkipReason)
    return outcome


def test_without_a_channel_nobody_is_told(home: Home) -> None:
    home.folder.mkdir(parents=True, exist_ok=True)
    assert isinstance(asked_for(home), dg.SkipReason)
    assert run(home)


def test_what_waits_is_told_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", TOKEN)
    land_all(home, *second_story())
    with running_slack(FakeClock(NOW)) as slack:
        connect(home.folder, slack.url)
        assert isinstance(asked_for(home), dg.RunRequest)
        assert run(home)
        told = slack.desk.said(CHANNEL)
        assert run(home)
        assert slack.desk.said(CHANNEL) == told
    assert bool(told) == (home.store.read(TABLES["analysis_alert"]).height > 0)
