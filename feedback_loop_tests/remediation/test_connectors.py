"""connectors.yaml: what it may say, that what it does not say is not allowed, and that every mistake is told at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind, RefusalReason
from feedback_loop.errors import ConnectorsRefused
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector, ConnectorKind, environment_refusal, parse_connectors, untaken

FULL = """
connectors:
  desk:
    kind: case_api
    address: https://cases.example.com
    switched_on: true
    takes: [route_with_context, reroute_cases]
    most_per_minute: 10
    failures_to_open: 2
    minutes_open: 15
  ops-jira:
    kind: jira
    address: https://example.atlassian.net
    takes: [open_incident, roll_back_release]
    environments: [staging, production]
    project: OPS
    issue_type: Task
    projects: {roll_back_release: REL}
    issue_types: {open_incident: Incident}
"""


def test_what_a_file_says_is_read_and_what_it_leaves_out_is_not_allowed() -> None:
    found = parse_connectors(FULL)
    desk, jira = found["desk"], found["ops-jira"]
    assert (desk.kind, desk.switched_on, desk.most_per_minute, desk.failures_to_open, desk.minutes_open) == ("case_api", True, 10, 2, 15)
    assert (jira.switched_on, jira.most_per_minute, jira.failures_to_open, jira.minutes_open) == (False, 60, 3, 5)
    assert (jira.project_of(ActionKind.OPEN_INCIDENT), jira.issue_type_of(ActionKind.OPEN_INCIDENT)) == ("OPS", "Incident")
    assert (jira.project_of(ActionKind.ROLL_BACK_RELEASE), jira.issue_type_of(ActionKind.ROLL_BACK_RELEASE)) == ("REL", "Task")
    assert untaken(found) == [kind for kind in WORK_ITEMS if kind not in (*desk.takes, *jira.takes, *TAKES_BACK)]
    assert parse_connectors("connectors: {}") == {}


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("kind: jira", "kind: fax", "connectors.ops-jira.kind"),
        ("switched_on: true", "switched_on: perhaps", "connectors.desk.switched_on"),
        ("switched_on: true", "swiched_on: true", "connectors.desk.swiched_on: there is no such field; it may be misspelt"),
        ("    address: https://cases.example.com\n", "", "connectors.desk.address: add it"),
        ("[route_with_context, reroute_cases]", "[]", "connectors.desk.takes"),
        ("[route_with_context, reroute_cases]", "[make_coffee]", "connectors.desk.takes"),
        ("[route_with_context, reroute_cases]", "[open_incident]", "open_incident: desk, ops-jira take it; leave it to one of them"),
        ("most_per_minute: 10", "most_per_minute: 0", "connectors.desk.most_per_minute"),
        ("failures_to_open: 2", "failures_to_open: yes", "write a number, not yes or no"),
        ("minutes_open: 15", "minutes_open: 15\n    project: OPS", "desk: projects and issue types are for jira; remove them"),
        ("environments: [staging, production]", "environments: []", "connectors.ops-jira.environments"),
        ("    project: OPS\n", "", "ops-jira.project: add it, for each issue lies in a project"),
        ("project: OPS", "project: ops", "connectors.ops-jira.project"),
        ("[open_incident, roll_back_release]", "[open_incident, send_message]", "send_message is nothing that jira could be asked for"),
        ("projects: {roll_back_release: REL}", "projects: {retry_job: REL}", "is named for retry_job, which it does not take"),
        ("desk:", "none:", "none: no connector may be called so"),
        ("desk:", "Desk one:", "connectors.Desk one"),
        ("connectors:\n  desk:", "connectors:\n  desk: {}\n  desk:", "stands twice"),
        ("kind: case_api", "kind: [", "is no YAML"),
        (FULL, "- 1", "the text holds no fields"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, problem: str) -> None:
    assert before in FULL
    with pytest.raises(ConnectorsRefused) as caught:
        parse_connectors(FULL.replace(before, after))
    assert any(problem in told for told in caught.value.problems), caught.value.problems
    assert "\n" not in str(caught.value)


def test_credentials_are_for_one_site() -> None:
    other = FULL + "  other-jira: {kind: jira, address: 'https://other.atlassian.net', takes: [retry_job], project: JOBS}\n"
    with pytest.raises(ConnectorsRefused, match="one set of credentials"):
        parse_connectors(other)
    assert len(parse_connectors(other.replace("other.atlassian", "example.atlassian"))) == 3


def limited(*environments: str) -> Connector:
    return Connector(kind=ConnectorKind.CASE_API, address="x", takes=tuple(ActionKind), environments=environments or None)


REFUSED = RefusalReason.ENVIRONMENT_NOT_ALLOWED


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ({"environment": "staging"}, None),
        ({"environment": "production"}, REFUSED),
        ({"Environment": "production"}, REFUSED),
        ({"scope": {"environment": ["staging"]}}, None),
        ({"scope": {"environment": ["staging", "production"]}}, REFUSED),
        ({"steps": [{"scope": {"environments": ["production"]}}]}, REFUSED),
        ({"environment": "staging", "scope": {"environment": "production"}}, REFUSED),
        ({"environment": None}, REFUSED),
        ({"scope": {"browser": ["staging"]}}, REFUSED),
        ({}, REFUSED),
    ],
)
def test_a_limited_connector_changes_only_what_runs_in_its_environments(
    arguments: dict[str, object], verdict: RefusalReason | None
) -> None:
    for kind in (ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG, ActionKind.RETRY_JOB):
        assert environment_refusal(limited("staging"), kind, arguments) is verdict
        assert environment_refusal(limited(), kind, arguments) is None


def test_what_changes_nothing_that_runs_may_leave_the_environment_out_but_not_name_another() -> None:
    assert environment_refusal(limited("staging"), ActionKind.OPEN_INCIDENT, {"product": "Printwren"}) is None
    assert environment_refusal(limited("staging"), ActionKind.OPEN_INCIDENT, {"environment": "production"}) is REFUSED


NESTED = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), NESTED, max_size=4), st.lists(st.sampled_from(["a", "b"]), max_size=3))
def test_an_environment_that_is_not_allowed_is_found_at_whatever_depth(arguments: dict[str, object], path: list[str]) -> None:
    named: object = {"environment": ["production"]}
    for name in path:
        named = [{name: named}]
    assert environment_refusal(limited("staging"), ActionKind.OPEN_INCIDENT, {**arguments, "here": named}) is REFUSED
