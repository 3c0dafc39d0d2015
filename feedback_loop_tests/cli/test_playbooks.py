"""`playbooks`: listed with what they are for, and shown with how they are undone."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from feedback_loop_tests.cli.conftest import Call


def test_list_names_every_playbook(call: Call) -> None:
    outcome = call("playbooks", "list")
    assert outcome.code == 0
    assert "release-rollback" in outcome.out
    assert "job of billing" in outcome.out
    assert len(json.loads(call("playbooks", "list", "--json").out)) == 14


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


def own(home: Path, text: str) -> None:
    folder = home / "playbooks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.yaml").write_text(text, encoding="utf-8")


RELEASE = (files("feedback_loop.remediation") / "playbook_texts" / "release-rollback.yaml").read_text("utf-8")


def test_a_homes_own_playbook_takes_the_place_of_the_packages(call: Call, home: Path) -> None:
    own(home, RELEASE.replace("threshold_score: 0.6", "threshold_score: 0.9"))
    assert json.loads(call("playbooks", "show", "release-rollback", "--json").out)["threshold_score"] == 0.9
    assert "Mended when" in call("playbooks", "show", "release-rollback").out
    outcome = call("playbooks", "lint")
    assert (outcome.code, "14 playbooks, 1 of them in" in outcome.out, "nothing wrong" in outcome.out) == (0, True, True)


def test_lint_names_an_owner_that_is_no_team(call: Call, home: Path) -> None:
    own(home, RELEASE.replace("owner: release-team", "owner: somebody"))
    outcome = call("playbooks", "lint")
    assert outcome.code == 1
    assert "playbook release-rollback: its owner 'somebody' is no team of the table" in outcome.out
    assert json.loads(call("playbooks", "lint", "--json").out)["own_playbook_ids"] == ["release-rollback"]


def test_a_playbook_that_cannot_be_followed_is_refused_with_its_file(call: Call, home: Path) -> None:
    own(home, RELEASE.replace("acceptance_criteria", "acceptance"))
    for command in (["lint"], ["list"], ["show", "release-rollback"]):
        outcome = call("playbooks", *command)
        assert outcome.code == 2
        assert "own.yaml" in outcome.error
        assert "acceptance_criteria: add it" in outcome.error
