"""`approvals ask-in-slack`: from a home with a proposal to the message in the channel, and every refusal as one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop_tests.adapters.slack.running import running_slack
from feedback_loop_tests.adapters.slack.slack_desk import APPROVALS, CHANNEL, TOKEN
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.test_approvals import proposal_id as proposal_id
from feedback_loop_tests.fakes import FakeClock

CONNECTORS = """
connectors:
  ops-slack:
    kind: slack
    address: {url}
    switched_on: true
    takes: [retry_job]
    settings: {{channel: {channel}, approvals_channel: {approvals}}}
"""


def connect(home: Path, url: str) -> None:
    (home / "connectors.yaml").write_text(CONNECTORS.format(url=url, channel=CHANNEL, approvals=APPROVALS), encoding="utf-8")


def test_what_waits_is_posted_once(call: Call, home: Path, proposal_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", TOKEN)
    with running_slack(FakeClock()) as slack:
        connect(home, slack.url)
        assert call("approvals", "ask-in-slack").out == "1 proposals posted, 0 messages changed, 0 left.\n"
        assert json.loads(call("approvals", "ask-in-slack", "--json").out) == {"asked": [], "shown": [], "left": {}}
        call("approvals", "approve", proposal_id, "--as", "ada")
        assert call("approvals", "ask-in-slack").out == "0 proposals posted, 1 messages changed, 0 left.\n"
        assert slack.desk.said(APPROVALS) == ["Approval needed: Roll back release of release-6.4.0"]


def test_what_could_not_be_posted_is_told_without_the_token(
    call: Call, home: Path, proposal_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", "xoxb-of-another")
    with running_slack(FakeClock()) as slack:
        connect(home, slack.url)
        outcome = call("approvals", "ask-in-slack")
    assert outcome.code == 1
    assert f"{proposal_id}: ops-slack could not be asked" in outcome.out
    assert "invalid_auth" in outcome.out
    assert "xoxb" not in outcome.out + outcome.err


def test_where_nobody_can_be_asked_one_line_says_what_to_do(
    call: Call, home: Path, proposal_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no connector that is switched on names an approvals_channel" in call("approvals", "ask-in-slack").error
    connect(home, "https://slack.com")
    monkeypatch.delenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", raising=False)
    assert "FEEDBACK_LOOP_SLACK_BOT_TOKEN" in call("approvals", "ask-in-slack").error


def test_a_home_without_proposals_says_so(call: Call, home: Path) -> None:
    assert "nothing was proposed yet" in call("approvals", "ask-in-slack").error
