"""Slack as the place where people are told of what nobody did in time: fulfils `ports.NoticeChannel` by the client of a connector.

What is told, and once, stands in `workflows/tell_promises.py`. The rule that is easy to break: one connector that is switched on names the
channel, or nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.slack.client import SlackClient
from feedback_loop.adapters.slack.message import notice_of
from feedback_loop.adapters.slack.named_channel import rule_with
from feedback_loop.adapters.vendor_client import Order
from feedback_loop.contracts.credentials import Credentials, how_to_say
from feedback_loop.errors import BadInput, ConnectorRefused
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import Connector, ConnectorKind

SETTING = "promises_channel"


class SlackNotices:
    """The channel for notices of one workspace."""

    def __init__(self, client: SlackClient, channel: str) -> None:
        self._client, self._channel = client, channel

    @property
    def connector(self) -> str:
        """Its name in connectors.yaml."""
        return self._client.connector

    def posted(self, key: str, since: datetime) -> str | None:
        """The message under the key; None where there is none since."""
        place = self._client.found(self._channel, key, since)
        return None if place is None else place.receipt_id

    def post(self, key: str, subject: str, lines: Sequence[str], begun_at: datetime) -> str:
        """The message that was posted now, unless it was begun too long ago."""
        order = Order(key, "a notice", begun_at)
        try:
            fields = notice_of(key, subject, lines, self._channel)
        except Unfit as error:
            raise ConnectorRefused(self.connector, order.what, f"{error} is no id, figure or label") from None
        return self._client.post(fields, order).receipt_id


@contextmanager
def open_notices(connectors: Mapping[str, Connector], credentials: Mapping[str, Credentials], clock: Clock) -> Iterator[SlackNotices]:
    """The channel, until the block is left; raises BadInput where none is named, or nobody says who asks."""
    found = rule_with(connectors, SETTING)
    if found is None:
        raise BadInput(f"no connector that is switched on names a {SETTING}. Give one of kind slack that setting in connectors.yaml.")
    name, rule = found
    if ConnectorKind.SLACK not in credentials:
        raise BadInput(f"nobody says who asks Slack. {how_to_say(ConnectorKind.SLACK)}.")
    with SlackClient(rule, credentials[ConnectorKind.SLACK], clock, connector=name) as client:
        yield SlackNotices(client, rule.settings[SETTING])
