"""Notices over real HTTP: posted, found by their key, and nothing in them that may be somebody's sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_loop.adapters.slack.notices import SlackNotices, open_notices
from feedback_loop.errors import BadInput, ConnectorRefused
from feedback_loop.remediation.connectors import Connector
from feedback_loop_tests.adapters.slack.running import CREDENTIALS, RunningSlack, rule_at
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL
from feedback_loop_tests.fakes import START, FakeClock


def test_a_notice_is_posted_and_found_by_its_key(slack: RunningSlack) -> None:
    notices = SlackNotices(slack.client(), CHANNEL)
    assert notices.posted("promise_1", START - timedelta(hours=1)) is None
    posted = notices.post("promise_1", "Promise at risk: triage", ["due: today", "tier: any"], START)
    slack.desk.chatter(3, CHANNEL)
    assert SlackNotices(slack.client(), CHANNEL).posted("promise_1", START - timedelta(hours=1)) == posted
    assert notices.connector == "ops-slack"
    assert slack.desk.said(CHANNEL)[0].startswith("Promise at risk: triage")


def test_what_may_be_a_sentence_is_refused(slack: RunningSlack) -> None:
    with pytest.raises(ConnectorRefused, match="no id, figure or label") as caught:
        SlackNotices(slack.client(), CHANNEL).post("promise_1", "Promise", ["it never\nworks"], START)
    assert "never" not in str(caught.value)
    assert slack.desk.said(CHANNEL) == []


def test_nobody_is_told_where_no_channel_is_named_or_nobody_asks() -> None:
    rule = rule_at("https://slack.com")
    named = Connector(**{**rule.model_dump(), "settings": {"channel": CHANNEL, "promises_channel": CHANNEL}})
    with pytest.raises(BadInput, match="names a promises_channel"), open_notices({"a": rule}, {"slack": CREDENTIALS}, FakeClock()):
        pass
    with pytest.raises(BadInput, match="nobody says who asks Slack"), open_notices({"a": named}, {}, FakeClock()):
        pass
    with open_notices({"a": named}, {"slack": CREDENTIALS}, FakeClock()) as channel:
        assert channel.connector == "a"
