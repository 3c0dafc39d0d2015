"""Which tools are opened: those that are switched on, and none where one of them can't be."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.connectors import open_case_system, open_connectors, unopenable
from feedback_loop.adapters.jira.client import JiraClient
from feedback_loop.adapters.launchdarkly.client import LaunchDarklyClient
from feedback_loop.adapters.servicenow.client import ServiceNowClient
from feedback_loop.adapters.statuspage.client import StatuspageClient
from feedback_loop.adapters.zendesk.client import ZendeskClient
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import BadInput
from feedback_loop.remediation.connectors import parse_connectors
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.remediation.test_connectors import FULL

CREDENTIALS = {"jira": Credentials("jira", {"EMAIL": "loop@example.com", "API_TOKEN": "t0ken"})}
ALL_ON = FULL.replace("kind: jira", "kind: jira\n    switched_on: true")


def test_what_is_switched_on_is_opened_under_its_name_and_closed_afterwards() -> None:
    with open_connectors(parse_connectors(ALL_ON), CREDENTIALS, FakeClock()) as systems:
        assert {name: type(system) for name, system in systems.items()} == {"desk": CaseApiClient, "ops-jira": JiraClient}
        assert {system.connector for system in systems.values()} == set(systems)
    for system in systems.values():
        with pytest.raises(RuntimeError, match="closed"):
            system.receipt_for("key_1")


def test_a_dry_run_needs_no_credentials() -> None:
    with open_connectors(parse_connectors(FULL), {}, FakeClock()) as systems:
        assert list(systems) == ["desk"]
    assert unopenable(parse_connectors(FULL), {}) == []


def test_nothing_is_opened_where_nobody_says_who_asks_jira() -> None:
    connectors = parse_connectors(ALL_ON)
    with (
        pytest.raises(BadInput, match="ops-jira is switched on, but nobody says who asks jira"),
        open_connectors(connectors, {}, FakeClock()),
    ):
        pass
    (problem,) = unopenable(connectors, {})
    assert problem.startswith("ops-jira: nobody says who asks jira. Set FEEDBACK_LOOP_JIRA_EMAIL")
    assert unopenable(connectors, CREDENTIALS) == []


def test_an_address_that_could_be_read_on_the_way_is_told_even_of_what_is_switched_off() -> None:
    connectors = parse_connectors(FULL.replace("https://", "http://"))
    assert [problem.split(":")[0] for problem in unopenable(connectors, {})] == ["desk.address", "ops-jira.address"]
    with pytest.raises(BadInput, match="without encryption"), open_connectors(connectors, {}, FakeClock()):
        pass


SUPPORT = """
  support:
    kind: zendesk
    address: https://example.zendesk.com
    switched_on: true
    takes: [send_message]
"""


def test_cases_are_where_a_connector_that_is_switched_on_holds_them() -> None:
    connectors = parse_connectors(ALL_ON + SUPPORT)
    known = {**CREDENTIALS, "zendesk": Credentials("zendesk", {"OAUTH_TOKEN": "t0ken"})}
    with open_case_system("support", connectors, known, FakeClock()) as system:
        assert (type(system), system.connector) == (ZendeskClient, "support")
    with open_case_system("desk", connectors, known, FakeClock()) as desk:
        assert type(desk) is CaseApiClient
    for name, why in (("ops-jira", "holds no cases"), ("nobody", "no connector nobody")):
        with pytest.raises(BadInput, match=why), open_case_system(name, connectors, known, FakeClock()):
            pass


def test_every_vendor_that_has_a_client_is_opened_by_its_kind() -> None:
    text = "connectors:\n" + "".join(
        f"  {name}: {{kind: {kind}, address: 'https://example.com', switched_on: true, takes: [{takes}], settings: {settings}}}\n"
        for name, kind, takes, settings in (
            ("itsm", "servicenow", "open_incident", "{}"),
            ("flags", "launchdarkly", "roll_back_config", "{project: shop}"),
            ("status", "statuspage", "annotate_status_page", "{page_id: p1}"),
        )
    )
    known = {
        "servicenow": Credentials("servicenow", {"BEARER_TOKEN": "t0ken"}),
        "launchdarkly": Credentials("launchdarkly", {"ACCESS_TOKEN": "t0ken"}),
        "statuspage": Credentials("statuspage", {"API_KEY": "t0ken"}),
    }
    with open_connectors(parse_connectors(text), known, FakeClock()) as systems:
        opened = {name: type(system) for name, system in systems.items()}
    assert opened == {"itsm": ServiceNowClient, "flags": LaunchDarklyClient, "status": StatuspageClient}
