"""Slack as the place where people are asked to approve: fulfils `ports.ApprovalChannel` by the client of a connector.

What the messages say stands in `approval_message.py`, when they are posted in `workflows/ask_in_slack.py`. The rule that is easy to break:
one connector names the channel, and it has to be switched on like any other, or nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.slack.approval_message import approval_fields
from feedback_loop.adapters.slack.client import SlackClient
from feedback_loop.adapters.slack.message import Place, place_of
from feedback_loop.adapters.slack.named_channel import rule_with
from feedback_loop.adapters.vendor_client import Order
from feedback_loop.contracts.credentials import Credentials, how_to_say
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.errors import BadInput, ConnectorRefused
from feedback_loop.ports import Clock
from feedback_loop.remediation.approval_buttons import message_key
from feedback_loop.remediation.connectors import Connector, ConnectorKind

SETTING = "approvals_channel"


class SlackApprovals:
    """The channel for approvals of one workspace."""

    def __init__(self, client: SlackClient, channel: str, clock: Clock) -> None:
        self._client, self._channel, self._clock = client, channel, clock

    @property
    def connector(self) -> str:
        """Its name in connectors.yaml."""
        return self._client.connector

    def asked(self, proposal: Proposal) -> str | None:
        """The message about the proposal; None where there is none since it was proposed."""
        place = self._client.found(self._channel, message_key(proposal), proposal.proposed_at)
        return None if place is None else place.receipt_id

    def ask(self, proposal: Proposal, begun_at: datetime) -> str:
        """The message that was posted now, unless it was begun too long ago."""
        order = self._order(proposal, begun_at)
        return self._client.post({"channel": self._channel, **self._fields(proposal, order)}, order).receipt_id

    def show(self, message_id: str, proposal: Proposal) -> None:
        """Afterwards the message says how the proposal stands."""
        order, place = self._order(proposal, self._clock.now()), _place(message_id)
        self._client.change({"channel": place.channel, "ts": place.ts, **self._fields(proposal, order)}, order)

    def _fields(self, proposal: Proposal, order: Order) -> dict[str, str]:
        try:
            return {**approval_fields(proposal), "parse": "none"}
        except Unfit as error:
            raise ConnectorRefused(self.connector, order.what, f"{error} is no id, figure or label") from None

    def _order(self, proposal: Proposal, begun_at: datetime) -> Order:
        return Order(message_key(proposal), f"the message about {proposal.proposal_id}", begun_at)


def approvals_rule(connectors: Mapping[str, Connector]) -> tuple[str, Connector] | None:
    """The connector that is switched on and names a channel for approvals; raises BadInput where several do."""
    return rule_with(connectors, SETTING)


@contextmanager
def open_approvals(connectors: Mapping[str, Connector], credentials: Mapping[str, Credentials], clock: Clock) -> Iterator[SlackApprovals]:
    """The channel, until the block is left; raises BadInput where none is named, or nobody says who asks."""
    found = approvals_rule(connectors)
    if found is None:
        raise BadInput(f"no connector that is switched on names an {SETTING}. Give one of kind slack that setting in connectors.yaml.")
    name, rule = found
    if ConnectorKind.SLACK not in credentials:
        raise BadInput(f"nobody says who asks Slack. {how_to_say(ConnectorKind.SLACK)}.")
    with SlackClient(rule, credentials[ConnectorKind.SLACK], clock, connector=name) as client:
        yield SlackApprovals(client, rule.settings[SETTING], clock)


def _place(message_id: str) -> Place:
    place = place_of(message_id)
    if place is None:
        raise BadInput("this is no message of Slack. Ask again with `approvals ask-in-slack`.")
    return place
