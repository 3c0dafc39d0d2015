"""`playbooks`: listed with what they are for, and shown with how they are undone."""

from __future__ import annotations

import json

from feedback_loop_tests.cli.conftest import Call


def test_list_names_every_playbook(call: Call) -> None:
    outcome = call("playbooks", "list")
    assert outcome.code == 0
    assert "release-rollback" in outcome.out
    assert "job of billing" in outcome.out
    assert len(json.loads(call("playbooks", "list", "--json").out)) == 8


def test_show_tells_who_approves_and_how_it_is_undone(call: Call) -> None:
    said = call("playbooks", "show", "incident-notice").out
    assert "any cause on a share alert" in said
    assert "incident_commander, support_lead" in said
    assert "1. Close the incident as opened in error" in said
    assert json.loads(call("playbooks", "show", "incident-notice", "--json").out)["risk"] == "low"


def test_an_unknown_playbook_is_bad_input(call: Call) -> None:
    outcome = call("playbooks", "show", "magic")
    assert outcome.code == 2
    assert "playbooks list" in outcome.error
