"""The table of permissions: every command of the tree is in it, and it lets nobody do what their role is not for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import feedback_loop.cli
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.cli.app import AT_WORK
from feedback_loop.contracts.identity import Actor, KnownBy
from feedback_loop.contracts.roles import Role
from feedback_loop.errors import PermissionMissing
from feedback_loop.workflows.permissions import PERMISSIONS, REFUSED, Asks, commands_of, require, require_noted
from feedback_loop_tests.adapters.state_store import conftest
from feedback_loop_tests.cli.test_app import COMMANDS
from feedback_loop_tests.fakes import START

state = conftest.state
CHANGES = sorted(name for name, asked in PERMISSIONS.items() if asked.is_change)
DECIDES = {"approvals approve", "approvals reject", "approvals revoke"}
SOURCES = sorted(Path(feedback_loop.cli.__file__).parent.glob("*.py"))


def actor(*roles: str, known_by: KnownBy = KnownBy.TOKEN) -> Actor:
    return Actor("ada", known_by, roles)


def may(command: str, who: Actor) -> bool:
    try:
        require(command, who)
    except PermissionMissing:
        return False
    return True


def test_every_command_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(PERMISSIONS) == {" ".join(path) for path in COMMANDS}, "say in workflows/permissions.py whom the command asks for"


def test_whatever_runs_at_work_is_either_a_change_or_only_looks() -> None:
    """`app.AT_WORK` names the groups that write: each of them has a command that the table calls a change, but those that only index."""
    changing = {name.split()[0] for name in CHANGES}
    assert set(AT_WORK) - changing == {"knowledge", "taxonomy"}


def test_a_command_that_asks_for_a_role_names_one_and_no_other_does() -> None:
    for name, asked in PERMISSIONS.items():
        assert bool(asked.roles) is (asked.asks is Asks.ROLE), name
        assert asked.is_change or asked.asks in (Asks.NOBODY, Asks.READER), name
        assert Role.AUDITOR not in asked.roles, name


def test_only_one_place_of_the_command_line_reads_who_acts() -> None:
    """Names, roles and tokens are read in cli/places.py; the demo, whose people are made up, decides for them."""
    reads = re.compile(r'"--as"|read_people|roles_of\(|bearer_token|FEEDBACK_LOOP_TOKEN"')
    found = {file.name for file in SOURCES if reads.search(file.read_text(encoding="utf-8"))}
    assert found <= {"places.py", "demo.py"}, f"take `who_acts` of cli/places.py in {', '.join(sorted(found - {'places.py', 'demo.py'}))}"


@pytest.mark.parametrize("command", [name for name in CHANGES if PERMISSIONS[name].asks in (Asks.ROLE, Asks.PROPOSAL)])
def test_an_auditor_and_whoever_has_no_role_change_nothing(command: str) -> None:
    every = [str(role) for role in Role]
    for known_by in KnownBy:
        assert not may(command, actor(*every, known_by=known_by))
    if PERMISSIONS[command].asks is Asks.ROLE:
        assert not may(command, actor())


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_commands_that_name_it_and_no_other(role: Role) -> None:
    opened = {name for name, asked in PERMISSIONS.items() if role in asked.roles}
    assert set(commands_of(actor(role))) == (set() if role is Role.AUDITOR else opened | DECIDES)


def test_an_administrator_loosens_what_models_may_and_neither_labels_nor_sees_values() -> None:
    assert set(commands_of(actor(Role.ADMINISTRATOR))) - DECIDES == {
        "model gates",
        "model promote",
        "policy resume",
    }


def test_who_labels_does_not_put_the_labels_in_force() -> None:
    for role in (Role.ANALYST, Role.LABELLER):
        assert may("labels correct", actor(role))
        assert not may("model promote", actor(role))
        assert not may("model gates", actor(role))


def test_a_service_acts_where_the_table_says_so_and_decides_nothing() -> None:
    everything = actor(*(str(role) for role in Role if role is not Role.AUDITOR), "approver:billing", known_by=KnownBy.SERVICE)
    assert set(commands_of(everything)) == {"erase", "rollback"}
    assert not may("erase", actor(known_by=KnownBy.SERVICE))


def test_local_people_may_what_they_could_before_there_were_roles() -> None:
    asked = {name for name, asked in PERMISSIONS.items() if asked.asks in (Asks.ROLE, Asks.PROPOSAL)}
    assert set(commands_of(actor(known_by=KnownBy.LOCAL))) == asked
    assert commands_of(actor(Role.AUDITOR, known_by=KnownBy.LOCAL)) == []


def test_a_command_that_nobody_knows_is_nobodys() -> None:
    assert not may("sell everything", actor(*map(str, Role)))


def test_an_attempt_is_kept_where_there_is_a_trail(state: SqlStateStore) -> None:
    with pytest.raises(PermissionMissing):
        require_noted("reveal", actor(Role.ANALYST), state, START)
    ((record, content),) = state.told(REFUSED)
    assert (record.actor, content) == ("ada", {"command": "reveal", "known_by": "token"})
    require_noted("reveal", actor(Role.PRIVACY_OFFICER), state, START)
    with pytest.raises(PermissionMissing):
        require_noted("reveal", actor(), None, START)
    assert len(state.told(REFUSED)) == 1


def test_a_refusal_says_which_roles_are_asked_for() -> None:
    with pytest.raises(PermissionMissing) as caught:
        require("reveal", actor(Role.ANALYST))
    assert caught.value.asked == ["privacy_officer"]


def test_whoever_is_known_may_stop_but_who_only_looks() -> None:
    for who in (actor(), actor("approver:latency"), actor("a role of the company")):
        assert may("policy stop", who)
        assert not may("policy resume", who)
    assert not may("policy stop", actor(Role.AUDITOR))
    assert not may("policy stop", actor(Role.ADMINISTRATOR, known_by=KnownBy.SERVICE))
