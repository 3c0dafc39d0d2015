"""Which connector names a channel for something, such as approvals or promises: one that is switched on, and only one."""

from __future__ import annotations

from collections.abc import Mapping

from feedback_loop.errors import BadInput
from feedback_loop.remediation.connectors import Connector, ConnectorKind


def rule_with(connectors: Mapping[str, Connector], setting: str) -> tuple[str, Connector] | None:
    """The connector to Slack that is switched on and has the setting, by its name, or None; raises BadInput where several have."""
    found = [
        (name, one) for name, one in connectors.items() if one.kind is ConnectorKind.SLACK and one.switched_on and setting in one.settings
    ]
    if len(found) > 1:
        raise BadInput(f"{', '.join(name for name, _ in found)} name an {setting} each. Leave it to one of them.")
    return found[0] if found else None
