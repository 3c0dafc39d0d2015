"""Opens the tools that connectors.yaml switches on. What may be said of one is decided in `remediation/connectors`.

The rule that is easy to break: a dry run opens nothing, and so needs no credentials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.jira.client import JiraClient
from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.contracts.credentials import JiraCredentials
from feedback_loop.errors import BadInput
from feedback_loop.ports import ActionSystem, Clock
from feedback_loop.remediation.connectors import Connector, ConnectorKind

_HOW_TO_SAY = "Set FEEDBACK_LOOP_JIRA_EMAIL and FEEDBACK_LOOP_JIRA_API_TOKEN, or FEEDBACK_LOOP_JIRA_BEARER_TOKEN, or switch it off"


@contextmanager
def open_connectors(
    connectors: Mapping[str, Connector], credentials: JiraCredentials | None, clock: Clock
) -> Iterator[dict[str, ActionSystem]]:
    """The tools that are switched on, by name, until the block is left; raises BadInput where one can't be opened, before any is asked."""
    systems: dict[str, ActionSystem] = {}
    with ExitStack() as open_ones:
        for name, connector in connectors.items():
            if not connector.switched_on:
                continue
            if connector.kind is ConnectorKind.JIRA:
                systems[name] = open_ones.enter_context(_jira(name, connector, credentials, clock))
            else:
                systems[name] = open_ones.enter_context(CaseApiClient(connector.address, connector=name))
        yield systems


def unopenable(connectors: Mapping[str, Connector], credentials: JiraCredentials | None) -> list[str]:
    """What stands against opening the connectors, those that are switched off included as far as it is their address."""
    problems = []
    for name, connector in connectors.items():
        try:
            safe_address(connector.address, f"connector {name}", "https://cases.example.com")
        except BadInput as error:
            problems.append(f"{name}.address: {str(error).rstrip('.')}")
        if connector.switched_on and connector.kind is ConnectorKind.JIRA and credentials is None:
            problems.append(f"{name}: nobody says who asks Jira. {_HOW_TO_SAY}")
    return problems


def _jira(name: str, connector: Connector, credentials: JiraCredentials | None, clock: Clock) -> JiraClient:
    if credentials is None:
        raise BadInput(f"connector {name} is switched on, but nobody says who asks Jira. {_HOW_TO_SAY}.")
    return JiraClient(connector, credentials, clock, connector=name)
