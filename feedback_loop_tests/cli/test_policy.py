"""`policy`: shown, checked, let go by a role and stopped by anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def people(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "people.yaml").write_text("ada: [analyst]\nbo: [incident_commander]\n", encoding="utf-8")


def test_show_names_guards_limits_pilot_and_phases(call: Call, home: Path) -> None:
    (home / "pilot.yaml").write_text("tiers: [free]\n", encoding="utf-8")
    told = json.loads(call("policy", "show", "--json").out)
    assert "blast_radius.customers" in told["guards"]
    assert told["limits"]["sensitive_classes"] == "auth, billing"
    assert (told["pilot"]["tiers"], told["phases"]["crash"]) == ("free", "assisted")
    said = call("policy", "show").out
    assert "tiers: free" in said
    assert "strong indicators: 3" in said


def test_lint_says_that_nothing_is_wrong_or_names_the_file(call: Call, home: Path) -> None:
    assert "nothing wrong" in call("policy", "lint").out
    assert json.loads(call("policy", "lint", "--json").out)["playbooks"] > 8
    (home / "policy.cedar").write_text("permit (principal, action, resource);", encoding="utf-8")
    outcome = call("policy", "lint")
    assert outcome.code == 2
    assert "policy.cedar: holds a permit" in outcome.error


def test_a_class_is_let_go_stopped_and_resumed(call: Call) -> None:
    assert (
        json.loads(call("policy", "phase", "latency", "automated", "--as", "bo", "--why", "9 of 9", "--json").out)["latency"] == "automated"
    )
    assert "latency" in call("policy", "stop", "latency", "--as", "ada", "--why", "a move").out
    assert json.loads(call("policy", "show", "--json").out)["phases"]["latency"] == "automated (stopped)"
    refused = call("policy", "resume", "latency", "--as", "ada", "--why", "it is over")
    assert (refused.code, "incident_commander" in refused.error) == (1, True)
    assert json.loads(call("policy", "resume", "latency", "--as", "bo", "--why", "it is over", "--json").out)["latency"] == "automated"
    assert json.loads(call("policy", "stop", "--as", "ada", "--why", "all", "--json").out)["crash"] == "assisted (stopped)"


def test_a_phase_that_does_not_exist_is_bad_input(call: Call) -> None:
    outcome = call("policy", "phase", "latency", "stop", "--as", "bo", "--why", "x")
    assert outcome.code == 2
    assert "assisted" in outcome.error
