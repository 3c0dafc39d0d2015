"""`sla`: the policy that counts shown, printed as a start for one's own, checked, and asked when something is due."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.cli.places import open_state, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.sla_policy_text import seed_text
from feedback_loop_tests.adapters.slack.running import running_slack
from feedback_loop_tests.adapters.slack.slack_desk import TOKEN
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.defs.test_promise_jobs import connect
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.outcomes.one_loop import DAY, RAISED, alert, table


def own_policy(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "sla.yaml").write_text(text, encoding="utf-8")


def test_show_tells_what_is_promised_and_which_time_counts(call: Call, home: Path) -> None:
    outcome = call("sla", "show")
    assert outcome.code == 0
    assert "From the package's own policy" in outcome.out
    assert "15 min" in outcome.out
    assert "around the clock" in outcome.out
    assert not home.exists()


def test_show_as_json_holds_the_version_and_every_rule(call: Call) -> None:
    policy = json.loads(call("sla", "show", "--json").out)
    assert policy["policy_version"]
    assert policy["rules"][0]["rule_id"] == "vip-outage"


def test_the_template_is_a_policy_that_passes_when_it_is_saved(call: Call, home: Path) -> None:
    own_policy(home, call("sla", "show", "--template").out)
    outcome = call("sla", "lint")
    assert outcome.code == 0
    assert "sla.yaml: 6 rules, 2 calendars, nothing wrong." in outcome.out


def test_lint_names_what_is_wrong_and_what_to_write(call: Call, home: Path) -> None:
    own_policy(home, seed_text().replace("zone: UTC", "zone: Berlin", 1))
    outcome = call("sla", "lint")
    assert outcome.code == 2
    assert "no zone is called 'Berlin'" in outcome.error


def test_lint_of_the_package_finds_nothing(call: Call) -> None:
    assert json.loads(call("sla", "lint", "--json").out)["problems"] == []


def test_due_says_by_which_rule_and_when(call: Call) -> None:
    asked = ("sla", "due", "--urgency", "urgent", "--class", "crash", "--tier", "enterprise", "--at", "2026-06-07T03:00:00Z")
    found = json.loads(call(*asked, "--json").out)
    assert (found["rule"], found["calendar"]) == ("vip-outage", "around-the-clock")
    assert found["stages"][0] | {"at_risk_at": None} == {
        "stage": "triage", "working_minutes": 15.0, "at_risk_at": None, "due_at": "2026-06-07T03:15:00+00:00",
    }  # fmt: skip
    outcome = call(*asked)
    assert outcome.code == 0
    assert "By the rule 'vip-outage'" in outcome.out


def test_due_shows_what_is_not_asked_for_as_nothing(call: Call) -> None:
    found = json.loads(call("sla", "due", "--urgency", "low", "--class", "poor_ux", "--at", "2026-06-05T15:30", "--json").out)
    assert [stage["due_at"] for stage in found["stages"]] == ["2026-06-08T16:00:00+00:00", None, None, None]


def test_due_refuses_what_is_no_instant(call: Call) -> None:
    outcome = call("sla", "due", "--at", "soon")
    assert outcome.code == 2
    assert "--at 2026-01-31T12:00:00Z" in outcome.error


def test_watch_of_a_home_without_complaints_finds_no_promise(call: Call) -> None:
    outcome = call("sla", "watch")
    assert outcome.code == 0
    assert "No promise is at risk or broken" in outcome.out


def test_watch_of_a_home_in_which_nothing_has_landed_is_no_good_news_for_whatever_calls_people(call: Call, home: Path) -> None:
    outcome = call("sla", "watch", "--fail")
    assert outcome.code == 1
    assert "nothing has landed yet, so that no promise is watched" in outcome.error
    assert not home.exists()


def test_watch_knows_of_an_issue_that_was_closed_since_the_last_run(call: Call, home: Path) -> None:
    store = open_store(Settings(home=home))
    store.replace_all(TABLES["analysis_alert"], table("analysis_alert", alert(sample_fragment_ids=[])))
    store.replace_all(TABLES["gold_issue"], table("gold_issue", {"issue_id": "i1", "alert_ids": ["a1"]}))
    (home / "people.yaml").write_text("ada: [support_lead]\n", encoding="utf-8")
    soon = f"{RAISED + DAY * 30:%Y-%m-%dT%H:%M:%SZ}"
    assert json.loads(call("sla", "watch", "--at", soon, "--json").out) != []
    at = RAISED + timedelta(minutes=1)
    row = {"status_id": "s1", "issue_id": "i1", "issue_status": "resolved", "changed_at": at, "changed_by": "ada"}
    open_state(Settings(home=home)).record(TABLES["state_issue_status"], [row], "ada", at)
    assert json.loads(call("sla", "watch", "--at", soon, "--json").out) == []


def test_watch_names_what_is_left_waiting_and_ends_with_1_where_it_is_broken(call: Call, home: Path) -> None:
    store = open_store(Settings(home=home))
    store.replace_all(TABLES["analysis_alert"], table("analysis_alert", alert(sample_fragment_ids=[])))
    at = f"{RAISED + DAY * 30:%Y-%m-%dT%H:%M:%SZ}"
    told = json.loads(call("sla", "watch", "--at", at, "--json").out)
    assert [row["promised_stage"] for row in told] == ["mitigate", "remediate", "confirm"]
    assert {row["alerted_id"] for row in told} == {"a1"}
    assert call("sla", "watch", "--at", at, "--fail").code == 1
    assert call("sla", "watch", "--at", f"{RAISED:%Y-%m-%dT%H:%M:%SZ}", "--fail").code == 0


def test_promises_are_told_to_the_channel_that_a_connector_names(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no connector that is switched on names a promises_channel" in call("sla", "tell-in-slack").error
    monkeypatch.setenv("FEEDBACK_LOOP_SLACK_BOT_TOKEN", TOKEN)
    with running_slack(FakeClock()) as slack:
        connect(home, slack.url)
        assert call("sla", "tell-in-slack").out == "0 promises told, 0 left.\n"
        assert json.loads(call("sla", "tell-in-slack", "--json").out) == {"told": [], "left": {}}
