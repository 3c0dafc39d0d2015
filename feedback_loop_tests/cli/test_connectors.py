"""`connectors`: what goes where, what is wrong with it as one line, and that no credential is ever shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.remediation.test_connectors import FULL


def write(home: Path, text: str = FULL) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "connectors.yaml").write_text(text, encoding="utf-8")


def test_without_a_file_the_list_says_who_takes_everything(call: Call, home: Path) -> None:
    assert "one case system takes everything" in call("connectors", "list").out
    assert json.loads(call("connectors", "list", "--json").out) == {}
    assert "0 connectors, 0 switched on, nothing wrong" in call("connectors", "lint").out
    assert not home.exists()


def test_list_shows_what_goes_where_and_what_nobody_takes(call: Call, home: Path) -> None:
    write(home)
    shown = call("connectors", "list").out
    assert "ops-jira" in shown
    assert "open_incident, roll_back_release" in shown
    assert "No connector takes queue_for_review, create_content_task, roll_back_config, retry_job: such actions wait." in shown
    listed = json.loads(call("connectors", "list", "--json").out)
    assert (listed["desk"]["switched_on"], listed["ops-jira"]["environments"]) == (True, ["staging", "production"])


def test_lint_tells_what_is_wrong_as_one_line(call: Call, home: Path) -> None:
    write(home)
    assert "2 connectors, 1 switched on, nothing wrong." in call("connectors", "lint").out
    write(home, FULL.replace("kind: jira", "kind: fax"))
    for command in ("lint", "list"):
        outcome = call("connectors", command)
        assert outcome.code == 2
        assert "connectors.ops-jira.kind" in outcome.error
    write(home, FULL.replace("https://cases", "http://cases"))
    assert "desk.address: cases.example.com would be asked without encryption" in call("connectors", "lint").error


def test_lint_asks_for_credentials_and_shows_none(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, FULL.replace("kind: jira", "kind: jira\n    switched_on: true"))
    outcome = call("connectors", "lint")
    assert (outcome.code, "FEEDBACK_LOOP_JIRA_API_TOKEN" in outcome.error) == (2, True)
    monkeypatch.setenv("FEEDBACK_LOOP_JIRA_EMAIL", "loop@example.com")
    monkeypatch.setenv("FEEDBACK_LOOP_JIRA_API_TOKEN", "t0ken-of-nobody")
    said = [call("connectors", command, *more) for command in ("lint", "list") for more in ((), ("--json",))]
    assert {outcome.code for outcome in said} == {0}
    assert not any(secret in outcome.out + outcome.err for outcome in said for secret in ("t0ken", "loop@"))
