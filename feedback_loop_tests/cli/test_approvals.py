"""`approvals`: from a proposal to a receipt on the command line, and every refusal as one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.loopback_server import running_case_system
from feedback_loop.cli.places import SystemClock, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.grounds import read_grounds
from feedback_loop.workflows.propose import propose
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.defs.distrusted import label_held_out
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, all_documents, cause_row, cohort_row, frame
from feedback_loop_tests.workflows.outbox_world import DAY


@pytest.fixture
def proposal_id(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The proposal to roll a release back, in a home where it is always the instant of the proposal."""
    monkeypatch.setattr(SystemClock, "now", lambda _: START)
    tables = open_store(Settings(home=home))
    rows = {
        "analysis_alert": [alert_row()],
        "analysis_cohort": [cohort_row()],
        "analysis_hypothesis": [cause_row()],
        "context_document": all_documents(),
    }
    for name, content in rows.items():
        tables.replace_days(TABLES[name], frame(name, content), DAY)
    (home / "people.yaml").write_text("ada: [release_manager]\nbo: [incident_commander]\ncy: []\n", encoding="utf-8")
    (made,) = propose(read_grounds(tables, DAY, START), state_of(home), START, is_live=True).proposal_ids
    return made


def approve_twice(call: Call, proposal_id: str) -> None:
    assert call("approvals", "approve", proposal_id, "--as", "ada").out == f"{proposal_id} is awaiting approval (1 of 2 approvals).\n"
    outcome = call("approvals", "approve", proposal_id, "--as", "bo")
    assert outcome.out == f"{proposal_id} is approved (2 of 2 approvals).\n"
    assert "approvals execute" in outcome.err


def test_nothing_is_sent_because_of_a_classifier_that_the_hold_out_speaks_against(
    call: Call, home: Path, proposal_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    approve_twice(call, proposal_id)
    label_held_out(open_store(Settings(home=home)), state_of(home), "auth", START)
    desk = CaseDesk()
    with running_case_system(desk) as url:
        outcome = call("approvals", "execute", "--connector-url", url)
    assert outcome.code == 1
    assert "nothing is carried out, because the classifier failed its checks" in outcome.error
    assert "billing: 0 of 40 right" in outcome.error
    assert desk.actions == []


def test_list_and_show_tell_what_would_be_sent_and_why(call: Call, proposal_id: str) -> None:
    listed = call("approvals", "list").out
    assert proposal_id in listed
    assert "0 of 2" in listed
    shown = call("approvals", "show", proposal_id).out
    assert '"change_ids": [\n    "release-6.4.0"\n  ]' in shown
    assert "+ it began 40 minutes before the complaints rose" in shown
    assert "release_manager, incident_commander" in shown
    assert [line.split() for line in shown.splitlines() if "sign_off" in line] == [["sign_off", "release-team"]]


def test_show_as_json_holds_the_evidence_and_the_approvals(call: Call, proposal_id: str) -> None:
    call("approvals", "approve", proposal_id, "--as", "ada")
    content = json.loads(call("approvals", "show", proposal_id, "--json").out)
    assert content["evidence"]["alert"]["alert_id"] == "alert_1"
    assert [(a["person"], a["known_by"]) for a in content["approvals"]] == [("ada", "local")]
    assert content["duties"]["bug_fixes"] == "app-team"
    assert "ada" in call("approvals", "show", proposal_id).out


def test_two_people_approve_and_the_outbox_sends_once(call: Call, proposal_id: str) -> None:
    approve_twice(call, proposal_id)
    dry = call("approvals", "execute")
    assert dry.code == 0
    assert "Dry run: 1 actions would be sent" in dry.out
    desk = CaseDesk()
    with running_case_system(desk) as url:
        assert call("approvals", "execute", "--connector-url", url).out == "1 done, 0 refused by the system, 0 in doubt.\n"
        assert call("approvals", "execute", "--connector-url", url).out == "0 done, 0 refused by the system, 0 in doubt.\n"
    assert len(desk.actions) == 1
    assert call("approvals", "list").out == "Nothing waits for a decision.\n"
    (row,) = json.loads(call("approvals", "list", "--all", "--json").out)
    assert (row["proposal_status"], row["is_dry_run"]) == ("done", False)
    assert call("audit", "verify").code == 0


def test_the_connectors_of_the_home_take_what_was_approved(call: Call, home: Path, proposal_id: str) -> None:
    approve_twice(call, proposal_id)
    desk = CaseDesk()
    with running_case_system(desk) as url:
        rule = f"kind: case_api, address: '{url}', takes: [roll_back_release]"
        (home / "connectors.yaml").write_text(f"connectors:\n  desk: {{{rule}}}\n", encoding="utf-8")
        assert "Dry run: 1 actions would be sent" in call("approvals", "execute").out
        (home / "connectors.yaml").write_text(f"connectors:\n  desk: {{{rule}, switched_on: true}}\n", encoding="utf-8")
        assert "Dry run: 1 actions would be sent" in call("approvals", "execute", "--dry-run").out
        assert desk.actions == []
        assert call("approvals", "execute").out == "1 done, 0 refused by the system, 0 in doubt.\n"
    assert len(desk.actions) == 1
    (row,) = state_of(home).snapshot(TABLES["remediation_action"]).to_dicts()
    assert (row["connector"], row["action_status"]) == ("desk", "done")


def test_what_waits_is_told_with_its_reason(call: Call, home: Path, proposal_id: str) -> None:
    approve_twice(call, proposal_id)
    (home / "connectors.yaml").write_text(
        "connectors:\n  desk: {kind: case_api, address: 'http://127.0.0.1:9', switched_on: true, takes: [retry_job]}\n", encoding="utf-8"
    )
    outcome = call("approvals", "execute")
    assert (outcome.code, "1 wait for none: no connector" in outcome.out) == (0, True)
    assert json.loads(call("approvals", "execute", "--json").out)["waiting"]
    assert call("approvals", "execute", "--dry-run", "--connector-url", "http://127.0.0.1:9").code == 2
    (home / "connectors.yaml").write_text("connectors: []\n", encoding="utf-8")
    outcome = call("approvals", "execute")
    assert (outcome.code, "connectors lint" in outcome.error) == (2, True)


def test_what_went_stale_is_not_sent_and_exits_with_one(call: Call, home: Path, proposal_id: str) -> None:
    approve_twice(call, proposal_id)
    tables = open_store(Settings(home=home))
    tables.replace_days(TABLES["analysis_hypothesis"], frame("analysis_hypothesis", [cause_row(cause_id="other")]), DAY)
    outcome = call("approvals", "execute")
    assert (outcome.code, "was not sent: stale evidence" in outcome.out) == (1, True)


def test_reject_and_revoke(call: Call, proposal_id: str) -> None:
    approve_twice(call, proposal_id)
    assert "awaiting approval (1 of 2" in call("approvals", "revoke", proposal_id, "--as", "bo").out
    assert "is refused" in call("approvals", "reject", proposal_id, "--as", "ada", "--why", "not this release").out
    assert "not this release" in call("approvals", "show", proposal_id).out


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("approve", "ID", "--as", "cy"), 1, "approver_lacks_role"),
        (("approve", "ID", "--as", "ada", "--seen", "x"), 1, "arguments_changed"),
        (("revoke", "ID", "--as", "ada"), 1, "nothing_to_revoke"),
        (("approve", "ID", "--as", "zoe"), 2, "nobody called"),
        (("approve", "unknown", "--as", "ada"), 2, "approvals list"),
        (("show", "unknown"), 2, "approvals list"),
        (("reject", "ID", "--as", "ada"), 2, "--why"),
    ],
)
def test_a_refusal_is_one_line(call: Call, proposal_id: str, arguments: tuple[str, ...], code: int, word: str) -> None:
    outcome = call("approvals", *(proposal_id if a == "ID" else a for a in arguments))
    assert outcome.code == code
    assert word in outcome.error


def test_nobody_decides_without_a_people_file(call: Call, home: Path, proposal_id: str) -> None:
    (home / "people.yaml").unlink()
    outcome = call("approvals", "approve", proposal_id, "--as", "ada")
    assert outcome.code == 2
    assert "names who may decide" in outcome.error


def test_an_empty_home_has_nothing_to_decide_and_stays_empty(call: Call, home: Path) -> None:
    assert call("approvals", "list").out == "Nothing waits for a decision.\n"
    assert call("approvals", "show", "x").code == 2
    assert not home.exists()
