"""The connectors of a home: its connectors.yaml, where there is one.

What may stand in it is decided in `remediation/connectors`. The rule that is easy to break: no file means that the one system that a
command or the settings name takes everything; a file that can't be read means that nothing is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.errors import ConnectorsRefused
from feedback_loop.remediation.connectors import Connector, parse_connectors
from feedback_loop.workflows.home_files import home_text

_MOST_BYTES = 1_000_000


def read_connectors(connectors_file: Path) -> dict[str, Connector] | None:
    """The connectors of the file by name, None where there is none; raises ConnectorsRefused and UnreadableFile."""
    text = home_text(connectors_file, _MOST_BYTES)
    if text is None:
        return None
    try:
        return parse_connectors(text)
    except ConnectorsRefused as error:
        raise ConnectorsRefused(error.problems, str(connectors_file)) from error


def can_be_sent(action: OutboxAction, connectors: Mapping[str, Connector]) -> bool:
    """Whether a connector that is switched on takes the action, or was given it before."""
    live = {name: connector for name, connector in connectors.items() if connector.switched_on}
    if action.action_status is ActionStatus.QUEUED:
        return any(action.action_kind in connector.takes for connector in live.values())
    return action.connector in live
