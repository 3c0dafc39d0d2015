"""Opens the tools that connectors.yaml switches on. What may be said of one is decided in `remediation/connectors`.

The rule that is easy to break: a dry run opens nothing, and so needs no credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.intercom.client import IntercomClient
from feedback_loop.adapters.jira.client import JiraClient
from feedback_loop.adapters.launchdarkly.client import LaunchDarklyClient
from feedback_loop.adapters.pagerduty.client import PagerDutyClient
from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.adapters.servicenow.client import ServiceNowClient
from feedback_loop.adapters.slack.client import SlackClient
from feedback_loop.adapters.statuspage.client import StatuspageClient
from feedback_loop.adapters.zendesk.client import ZendeskClient
from feedback_loop.contracts.credentials import Credentials, how_to_say
from feedback_loop.errors import BadInput
from feedback_loop.ports import ActionSystem, CaseSystem, Clock
from feedback_loop.remediation.connector_kinds import TRAITS, ConnectorKind
from feedback_loop.remediation.connectors import Connector

Client = AbstractContextManager[ActionSystem]
_CLIENTS: Mapping[ConnectorKind, Callable[..., Client]] = {
    ConnectorKind.INTERCOM: IntercomClient,
    ConnectorKind.JIRA: JiraClient,
    ConnectorKind.LAUNCHDARKLY: LaunchDarklyClient,
    ConnectorKind.PAGERDUTY: PagerDutyClient,
    ConnectorKind.SERVICENOW: ServiceNowClient,
    ConnectorKind.SLACK: SlackClient,
    ConnectorKind.STATUSPAGE: StatuspageClient,
    ConnectorKind.ZENDESK: ZendeskClient,
}
"""The client of each kind that knows the loop by credentials of its own; all are made alike: rule, credentials, clock, name."""


@contextmanager
def open_connectors(
    connectors: Mapping[str, Connector], credentials: Mapping[str, Credentials], clock: Clock
) -> Iterator[dict[str, ActionSystem]]:
    """The tools that are switched on, by name, until the block is left; raises BadInput where one can't be opened, before any is asked.

    The credentials are by vendor.
    """
    systems: dict[str, ActionSystem] = {}
    with ExitStack() as open_ones:
        for name, connector in connectors.items():
            if connector.switched_on:
                systems[name] = open_ones.enter_context(_opened(name, connector, credentials, clock))
        yield systems


@contextmanager
def open_case_system(
    name: str, connectors: Mapping[str, Connector], credentials: Mapping[str, Credentials], clock: Clock
) -> Iterator[CaseSystem]:
    """The tool of the name, in which cases are, until the block is left; raises BadInput where it holds none or can't be opened."""
    rule = connectors.get(name)
    if rule is None or not rule.switched_on:
        raise BadInput(f"no connector {name} is switched on. See `feedback-loop connectors list`.")
    with _opened(name, rule, credentials, clock) as system:
        if not isinstance(system, CaseApiClient | ZendeskClient):
            raise BadInput(f"connector {name} is {rule.kind}, which holds no cases. Name one that is case_api or zendesk.")
        yield system


def unopenable(connectors: Mapping[str, Connector], credentials: Mapping[str, Credentials]) -> list[str]:
    """What stands against opening the connectors, those that are switched off included as far as it is their address."""
    problems = []
    for name, connector in connectors.items():
        try:
            safe_address(connector.address, f"connector {name}", "https://cases.example.com")
        except BadInput as error:
            problems.append(f"{name}.address: {str(error).rstrip('.')}")
        if connector.switched_on and _is_nobody_known(connector, credentials):
            problems.append(f"{name}: nobody says who asks {connector.kind}. {how_to_say(connector.kind)}, or switch it off")
    return problems


def _opened(name: str, connector: Connector, credentials: Mapping[str, Credentials], clock: Clock) -> Client:
    if _is_nobody_known(connector, credentials):
        how = how_to_say(connector.kind)
        raise BadInput(f"connector {name} is switched on, but nobody says who asks {connector.kind}. {how}, or switch it off.")
    if connector.kind is ConnectorKind.CASE_API:
        return CaseApiClient(connector.address, connector=name)
    return _CLIENTS[connector.kind](connector, credentials[connector.kind], clock, connector=name)


def _is_nobody_known(connector: Connector, credentials: Mapping[str, Credentials]) -> bool:
    return TRAITS[connector.kind].has_credentials and connector.kind not in credentials
