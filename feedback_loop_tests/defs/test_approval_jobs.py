"""Asking in Slack from Dagster: a round where there is something to say, by a connector that names the channel, and no message twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import dagster as dg
import pytest

from feedback_loop.defs.act_jobs import RETRY
from feedback_loop.defs.approval_jobs import ask_in_slack_job, proposals_to_ask_about
from feedback_loop_tests.adapters.slack.running import RunningSlack, running_slack
from feedback_loop_tests.adapters.slack.slack_desk import APPROVALS, TOKEN
from feedback_loop_tests.cli.test_ask_in_slack import connect
from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.remediation.made_up_case import rollback_proposal


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSlack]:
    monkeypatch.setenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", TOKEN)
    with running_slack(FakeClock()) as running:
        yield running


@pytest.fixture
def waiting(home: Home, slack: RunningSlack) -> Home:
    """A home with a proposal that waits, and a connector that names the channel."""
    home.folder.mkdir(parents=True, exist_ok=True)
    connect(home.folder, slack.url)
    home.state(START).record_proposals([rollback_proposal()])
    return home


def sensed(home: Home, at: datetime = START) -> dg.RunRequest | dg.SkipReason:
    with dg.build_sensor_context(resources={name: home.resources(at)[name] for name in ("state", "case_system", "clock")}) as context:
        outcome = proposals_to_ask_about(context)
    assert isinstance(outcome, dg.RunRequest | dg.SkipReason)
    return outcome


def run(home: Home) -> bool:
    resources = {name: home.resources(START)[name] for name in ("home", "state", "case_system", "clock")}
    return ask_in_slack_job.execute_in_process(resources=resources, raise_on_error=False).success


def test_what_waits_is_posted_once_and_then_there_is_nothing_to_say(waiting: Home, slack: RunningSlack) -> None:
    request = sensed(waiting)
    assert isinstance(request, dg.RunRequest)
    assert run(waiting)
    assert run(waiting)
    assert len(slack.desk.said(APPROVALS)) == 1
    assert isinstance(sensed(waiting), dg.SkipReason)


def test_the_same_is_tried_again_when_it_is_time(waiting: Home) -> None:
    keys = [sensed(waiting, at) for at in (START, START + RETRY)]
    assert len({one.run_key for one in keys if isinstance(one, dg.RunRequest)}) == 2


def test_without_a_connector_that_names_the_channel_nobody_is_asked(waiting: Home, slack: RunningSlack) -> None:
    (waiting.folder / "connectors.yaml").unlink()
    assert isinstance(sensed(waiting), dg.SkipReason)
    assert run(waiting)
    assert slack.desk.asked == []


def test_a_home_in_which_nothing_was_decided_stays_without_a_database(home: Home, slack: RunningSlack) -> None:
    home.folder.mkdir(parents=True, exist_ok=True)
    connect(home.folder, slack.url)
    assert isinstance(sensed(home), dg.SkipReason)
    assert run(home)
    assert not (home.folder / "state").exists()
