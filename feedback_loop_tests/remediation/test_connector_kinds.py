"""What each kind of tool can be asked for, and what a company has to say of it."""

from __future__ import annotations

import re

import pytest

from feedback_loop.contracts.credentials import FORMS
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorsRefused
from feedback_loop.remediation.connector_kinds import TRAITS, ConnectorKind
from feedback_loop.remediation.connectors import parse_connectors

PAGER = """
connectors:
  pager:
    kind: pagerduty
    address: https://api.pagerduty.com
    takes: [open_incident]
    settings: {service_id: PABC123}
"""


def test_every_kind_has_traits_and_those_with_credentials_a_vendor_that_has_variables() -> None:
    assert set(TRAITS) == set(ConnectorKind)
    assert {str(kind) for kind, traits in TRAITS.items() if traits.has_credentials} <= set(FORMS)


@pytest.mark.parametrize("kind", ConnectorKind)
def test_a_pattern_of_a_setting_is_one(kind: ConnectorKind) -> None:
    for setting in TRAITS[kind].settings.values():
        assert not re.fullmatch(setting.pattern, "two words")


def test_the_settings_of_a_kind_are_read() -> None:
    (pager,) = parse_connectors(PAGER).values()
    assert (pager.kind, dict(pager.settings)) == (ConnectorKind.PAGERDUTY, {"service_id": "PABC123"})


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("settings: {service_id: PABC123}", "settings: {}", "pager.settings.service_id: add it, the service whose people are called"),
        ("PABC123", "'a b'", "pager.settings.service_id: this is not the service whose people are called"),
        ("{service_id", "{sevice: X, service_id", "pager.settings.sevice: pagerduty has no such setting; it may be misspelt"),
        ("[open_incident]", f"[{ActionKind.REFUND}]", "refund is nothing that pagerduty could be asked for"),
        ("settings", "project: OPS\n    settings", "projects and issue types are for jira"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, problem: str) -> None:
    with pytest.raises(ConnectorsRefused) as caught:
        parse_connectors(PAGER.replace(before, after))
    assert any(problem in told for told in caught.value.problems), caught.value.problems
