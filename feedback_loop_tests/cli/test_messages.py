"""`messages`: drafted, looked at, approved by who leads support, sent once, and confirmed by whom a customer told."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.loopback_server import running_case_system
from feedback_loop.cli import messages
from feedback_loop.cli.places import SystemClock
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.workflows.complainants import ALL, tables_of

FIX = rollback_proposal()


@pytest.fixture
def noon(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A home with a proposal, customers who complained, and a clock that can be set."""
    instants = [START + timedelta(hours=4)]
    monkeypatch.setattr(SystemClock, "now", lambda _: instants[-1])
    monkeypatch.setattr(messages, "open_store", lambda _: tables_of(*ALL))
    state_of(home).record_proposals([FIX])
    (home / "people.yaml").write_text("lena: [support_lead]\nada: [release_manager]\n", encoding="utf-8")
    return instants


def test_a_message_goes_from_its_draft_to_the_customers_answer(call: Call, noon: list[datetime], home: Path) -> None:
    assert call("messages", "list").out == "Nothing was drafted yet.\n"
    assert call("messages", "draft", FIX.proposal_id, "--kind", "fixed").out.startswith("4 messages are new.")
    shown = json.loads(call("messages", "show", FIX.proposal_id, "--json").out)
    assert [(one["language"], one["customers"]) for one in shown["wordings"]] == [("de", 2)]
    assert call("messages", "approve", FIX.proposal_id, "--as", "lena", "--seen", "other").code == 1
    approved = call("messages", "approve", FIX.proposal_id, "--as", "lena", "--seen", shown["explanation_hash"])
    assert approved.out.startswith("2 messages are approved.")
    desk = CaseDesk()
    with running_case_system(desk) as url:
        noon.append(noon[0].replace(hour=23))
        assert call("messages", "send", "--connector-url", url).out == "0 sent, 2 suppressed, 0 refused, 2 wait (quiet hours).\n"
        noon.append(noon[0] + timedelta(days=1))
        assert call("messages", "send", "--connector-url", url).out == "2 sent, 2 suppressed, 0 refused.\n"
    assert "no_consent" in call("messages", "list").out
    sent = next(row for row in state_of(home).snapshot(TABLES["remediation_message"]).to_dicts() if row["message_status"] == "sent")
    assert call("messages", "confirm", sent["message_draft_id"], "--as", "lena").out == f"{sent['message_draft_id']} is confirmed.\n"
    assert call("messages", "hear").out == "0 customers confirmed that it is mended.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("draft", FIX.proposal_id, "--kind", "sorry"), "unknown kind of message"),
        (("draft", "proposal_x", "--kind", "fixed"), "no proposal has this id"),
        (("approve", FIX.proposal_id, "--as", "ada"), "lacks the role support_lead"),
        (("approve", FIX.proposal_id, "--as", "lena"), "nothing was drafted"),
        (("send",), "no connector takes messages"),
        (("confirm", "message_x", "--as", "lena"), "waits for an answer"),
    ],
    ids=str,
)
def test_what_can_not_be_done_is_one_line(call: Call, noon: list[datetime], arguments: tuple[str, ...], said: str) -> None:
    outcome = call("messages", *arguments)
    assert outcome.code in (1, 2)
    assert said in outcome.error


def test_without_any_proposal_there_is_nothing_to_send(call: Call, home: Path) -> None:
    assert "nothing was proposed yet" in call("messages", "send").error
