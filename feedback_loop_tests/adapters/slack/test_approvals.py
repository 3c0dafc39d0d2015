"""The channel for approvals over real HTTP: a message is posted, found by its key and changed; and which connector names the channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_loop.adapters.slack.approvals import SlackApprovals, approvals_rule, open_approvals
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.errors import BadInput, ConnectorRefused, ConnectorUnreachable
from feedback_loop.ports import ApprovalChannel
from feedback_loop.remediation.connectors import Connector
from feedback_loop_tests.adapters.slack.running import CREDENTIALS, RunningSlack, rule_at
from feedback_loop_tests.adapters.slack.slack_desk import APPROVALS, CHANNEL
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

URL = "https://slack.com"


def channel_of(slack: RunningSlack) -> ApprovalChannel:
    return SlackApprovals(slack.client(), APPROVALS, slack.clock)


def test_a_message_is_posted_found_and_changed(slack: RunningSlack) -> None:
    proposal = rollback_proposal()
    channel = channel_of(slack)
    assert channel.asked(proposal) is None
    message_id = channel.ask(proposal, START)
    slack.desk.chatter(3, APPROVALS)
    assert channel_of(slack).asked(proposal) == message_id
    channel.show(message_id, replace(proposal, proposal_status=ProposalStatus.APPROVED, approvals_given_count=2))
    assert (channel.connector, slack.desk.said(CHANNEL)) == ("ops-slack", [])
    assert slack.desk.said(APPROVALS)[0] == "Approved: Roll back release of release-6.4.0"
    assert channel_of(slack).asked(proposal) == message_id


def test_nothing_is_posted_long_after_it_was_begun(slack: RunningSlack) -> None:
    with pytest.raises(ConnectorUnreachable, match="took too long"):
        channel_of(slack).ask(rollback_proposal(), START - timedelta(minutes=3))
    assert slack.desk.said(APPROVALS) == []


def test_a_proposal_whose_names_are_no_names_is_refused(slack: RunningSlack) -> None:
    with pytest.raises(ConnectorRefused, match="target is no id") as caught:
        channel_of(slack).ask(replace(rollback_proposal(), action_target="It never\nworks"), START)
    assert "never" not in str(caught.value)


def test_a_message_of_another_tool_is_none(slack: RunningSlack) -> None:
    with pytest.raises(BadInput, match="no message of Slack"):
        channel_of(slack).show("OPS-7", rollback_proposal())


def test_one_connector_that_is_switched_on_names_the_channel() -> None:
    on, without = rule_at(URL), Connector(**{**rule_at(URL).model_dump(), "settings": {"channel": CHANNEL}})
    off = Connector(**{**rule_at(URL).model_dump(), "switched_on": False})
    assert approvals_rule({"a": off, "b": without, "c": on}) == ("c", on)
    assert approvals_rule({"a": off, "b": without}) is None
    with pytest.raises(BadInput, match="a, b name an approvals_channel each"):
        approvals_rule({"a": on, "b": on})


def test_it_is_opened_by_that_connector_or_not_at_all() -> None:
    with open_approvals({"ops": rule_at(URL)}, {"slack": CREDENTIALS}, FakeClock()) as channel:
        assert channel.connector == "ops"
    with pytest.raises(BadInput, match="no connector that is switched on"), open_approvals({}, {}, FakeClock()):
        pass
    with pytest.raises(BadInput, match="FEEDBACK_LOOP_SLACK_BOT_TOKEN"), open_approvals({"ops": rule_at(URL)}, {}, FakeClock()):
        pass
