"""`feedback-loop receiver` serves at this machine only, says what, and opens the home for each callback."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from feedback_loop import receiver
from feedback_loop.cli.receiver import carry_out_in
from feedback_loop.config import Settings
from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.receiver import build_app, path_of
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.remediation.made_up_case import issue_row, rollback_proposal
from feedback_loop_tests.workflows.callback_world import IDENTITY, SECRETS, headers_for, slack_body

SECRET = "FEEDBACK_LOOP_SLACK_CALLBACK_SECRET"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, str, int]]:
    """What was to be served, where."""
    found: list[tuple[Any, str, int]] = []
    monkeypatch.setattr(receiver, "serve", lambda app, host, port: found.append((app, host, port)))
    return found


def test_it_says_which_doors_are_open_and_never_the_secret(
    call: Call, monkeypatch: pytest.MonkeyPatch, served: list[tuple[Any, str, int]]
) -> None:
    monkeypatch.setenv(SECRET, SECRETS[CallbackVendor.SLACK])
    outcome = call("receiver", "--port", "8771")
    assert (outcome.code, outcome.out.split()) == (0, ["slack", "http://127.0.0.1:8771/callbacks/slack"])
    ((app, host, port),) = served
    assert (host, port) == ("127.0.0.1", 8771)
    assert SECRETS[CallbackVendor.SLACK] not in outcome.out + outcome.err + repr(app)


def test_at_another_address_it_asks_for_tls(call: Call, monkeypatch: pytest.MonkeyPatch, served: list[tuple[Any, str, int]]) -> None:
    monkeypatch.setenv(SECRET, SECRETS[CallbackVendor.SLACK])
    outcome = call("receiver", "--host", "0.0.0.0")
    assert "TLS" in outcome.out + outcome.err
    assert served


def test_without_any_secret_there_is_nothing_to_serve(call: Call, served: list[tuple[Any, str, int]]) -> None:
    outcome = call("receiver")
    assert outcome.code == 2
    assert SECRET in outcome.err
    assert served == []


def test_a_press_is_carried_out_in_the_home_by_the_roles_of_now(tmp_path: Path) -> None:
    now, state = datetime.now(UTC), state_of(tmp_path)
    proposal = replace(rollback_proposal(issues=[issue_row()]), proposed_at=now, expires_at=now + timedelta(days=1))
    state.record_proposals([proposal])
    settings, clock = Settings(home=tmp_path), FakeClock(now)
    settings.identity_file.write_text(IDENTITY, encoding="utf-8")
    door = TestClient(build_app(SECRETS, carry_out_in(settings), clock))

    def pressed(word: str) -> str:
        """Each press has another text of the button, so that none is the same."""
        value = f'{{"proposal_id":"{proposal.proposal_id}","arguments_hash":"{proposal.arguments_hash}"}}'
        body = slack_body({"action_id": "feedback_loop_approve", "value": value, "text": word})
        answer = door.post(path_of(CallbackVendor.SLACK), content=body, headers=headers_for(CallbackVendor.SLACK, body, clock.now()))
        return str(answer.json()["text"])

    assert pressed("no role").startswith("Refused")
    settings.people_file.write_text("ada: [release_manager]\n", encoding="utf-8")
    assert pressed("role") == f"{proposal.proposal_id} is awaiting approval (1 of 2 approvals)."
    assert [one.person for one in state.approvals(proposal.proposal_id)] == ["ada"]
