"""`policy`: shown, checked, let go by a role and stopped by anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.remediation.limits import limits_text
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.remediation.made_up_case import rollback_proposal


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


def stricter(folder: Path, before: str, after: str) -> str:
    """A policy.yaml that asks for more than the package's."""
    file = folder / "stricter.yaml"
    file.write_text(limits_text().replace(before, after), encoding="utf-8")
    return str(file)


def test_another_policy_is_asked_about_what_was_proposed_and_changes_nothing(call: Call, home: Path, tmp_path: Path) -> None:
    state_of(home).record_proposals([rollback_proposal()])
    file = stricter(tmp_path, "high: 2}", "high: 3}")
    told = json.loads(call("policy", "compare", "--limits", file, "--json").out)
    assert (told["compared_count"], told["not_comparable"]) == (1, [])
    assert [(c["now"], c["then"]) for c in told["changes"]] == [("2 people approve", "3 people approve")]
    said = call("policy", "compare", "--limits", file).out
    assert "1: 2 people approve → 3 people approve" in said
    guards = tmp_path / "own.cedar"
    guards.write_text('@id("quiet_week") forbid (principal, action == Action::"propose", resource);', encoding="utf-8")
    assert "refused: company guard" in call("policy", "compare", "--guards", str(guards)).out
    assert not (home / "policy.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [((), "--limits, --guards or both"), (("--limits", "nowhere.yaml"), "nowhere.yaml"), (("--limits", "LAXER"), "high")],
)
def test_a_policy_that_is_not_there_or_is_laxer_is_not_compared(call: Call, tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    laxer = stricter(tmp_path, "high: 2}", "high: 1}")
    outcome = call("policy", "compare", *(laxer if word == "LAXER" else word for word in arguments))
    assert (outcome.code, named in outcome.error) == (2, True)


def test_a_home_where_nothing_was_proposed_has_nothing_to_compare(call: Call, tmp_path: Path) -> None:
    assert "asked about 0 past proposals" in call("policy", "compare", "--limits", stricter(tmp_path, "high: 2}", "high: 3}")).out


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
