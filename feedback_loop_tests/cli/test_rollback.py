"""`rollback` over real HTTP: look first, put back, name the owners; and who may not."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.workflows.reroute import Desk, reroute
from feedback_loop_tests.adapters.zendesk.running import running_zendesk
from feedback_loop_tests.adapters.zendesk.zendesk_desk import EMAIL, GROUP, OTHER_GROUP, TOKEN
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import FakeClock


@pytest.fixture
def faults() -> deque[Fault]:
    """What goes wrong with the next requests."""
    return deque()


@pytest.fixture
def url(home: Path, faults: deque[Fault]) -> Iterator[str]:
    """The address of a case system in which batch_1 moved 20 cases, 2 of which somebody moved on since."""
    state = state_of(home)
    (home / "people.yaml").write_text("ada: [support_lead]\n", encoding="utf-8")
    with running_case_system(faults=faults) as address, CaseApiClient(address) as client:
        ids = [f"case_{n:02d}" for n in range(20)]
        for number, case_id in enumerate(ids):
            client.open_case("checkout", f"owner_{number % 2}", f"open_{case_id}", case_id)
        reroute("batch_1", ids, "billing", Desk(client, state, state, state.note, FakeClock(), "ada"))
        for case_id in ("case_03", "case_10"):
            client.move_case(case_id, "returns", 2, f"edit_{case_id}")
        yield address


def queues(url: str) -> dict[str, int]:
    with CaseApiClient(url) as client:
        found = [case.queue for case in client.cases([f"case_{n:02d}" for n in range(20)])]
    return {queue: found.count(queue) for queue in sorted(set(found))}


def test_a_dry_run_says_what_would_be_put_back_and_does_nothing(call: Call, url: str) -> None:
    outcome = call("rollback", "--batch", "batch_1", "--connector-url", url, "--dry-run")
    assert outcome.code == 0
    assert "18 cases would be put back, 2 left as they are" in outcome.out
    assert queues(url) == {"billing": 18, "returns": 2}


def test_one_command_puts_back_what_nobody_changed_and_names_the_owners_of_the_rest(call: Call, url: str) -> None:
    outcome = call("rollback", "--batch", "batch_1", "--connector-url", url, "--as", "ada")
    assert outcome.code == 0
    assert "18 cases are back where they were, 2 left as they are" in outcome.out
    assert "Tell owner_0 (returns): case_10" in outcome.out
    assert "Tell owner_1 (returns): case_03" in outcome.out
    assert queues(url) == {"checkout": 18, "returns": 2}
    assert "18 cases are back" in call("rollback", "--batch", "batch_1", "--connector-url", url, "--as", "ada").out
    assert "18 were put back before" in call("rollback", "--batch", "batch_1", "--connector-url", url, "--dry-run").out


def test_what_was_done_stands_in_the_audit_trail(call: Call, url: str) -> None:
    call("rollback", "--batch", "batch_1", "--connector-url", url, "--as", "ada")
    shown = call("audit", "show", "batch_1").out
    assert "restore_started by ada" in shown
    assert "restore_finished by ada" in shown
    assert call("audit", "verify").code == 0


def test_the_report_as_json_names_every_case(call: Call, url: str) -> None:
    plan = json.loads(call("rollback", "--batch", "batch_1", "--connector-url", url, "--dry-run", "--json").out)
    assert (len(plan["to_restore"]), plan["skipped"][0]["reason"]) == (18, "changed_since")
    report = json.loads(call("rollback", "--batch", "batch_1", "--connector-url", url, "--as", "ada", "--json").out)
    assert (len(report["restored"]), [case["case_id"] for case in report["skipped"]]) == (18, ["case_03", "case_10"])


def test_a_case_in_doubt_ends_with_exit_code_1_and_is_settled_by_the_same_command(call: Call, url: str, faults: deque[Fault]) -> None:
    faults.extend([Fault.NONE, Fault.NONE, *[Fault.DROP_AFTER_WRITE] * 2])
    command = ("rollback", "--batch", "batch_1", "--connector-url", url, "--as", "ada")
    outcome = call(*command)
    assert outcome.code == 1
    assert "17 cases are back" in outcome.out
    assert "Run the same command again" in outcome.out
    again = call(*command)
    assert (again.code, "18 cases are back" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ((), 2, "either --batch ID, or --proposal"),
        (("--batch", "batch_1", "--proposal", "p"), 2, "either --batch ID, or --proposal"),
        (("--batch", "batch_1", "--as", "ada"), 2, "--connector-url"),
        (("--batch", "batch_1", "--connector-url", "URL", "--connector", "desk", "--as", "ada"), 2, "--connector by its name"),
        (("--batch", "batch_1", "--connector", "desk", "--as", "ada"), 2, "no connector desk is switched on"),
        (("--batch", "batch_1", "--connector-url", "URL"), 2, "--as"),
        (("--batch", "batch_1", "--connector-url", "URL", "--as", "mallory"), 2, "mallory"),
        (("--batch", "batch_1", "--connector-url", "http://cases.example.com", "--dry-run"), 2, "without encryption"),
        (("--batch", "batch_9", "--connector-url", "URL", "--as", "ada"), 1, "no batch batch_9"),
        (("--proposal", "proposal_9", "--dry-run"), 2, "nothing that was carried out"),
        (("--proposal", "proposal_9"), 2, "--as"),
        (("--since", "yesterday", "--dry-run"), 2, "Write --since 2026-01-31"),
    ],
)
def test_what_can_not_be_undone_is_refused_and_changes_nothing(
    call: Call, url: str, arguments: tuple[str, ...], code: int, named: str
) -> None:
    outcome = call("rollback", *(url if word == "URL" else word for word in arguments))
    assert outcome.code == code
    assert named in outcome.error
    assert queues(url) == {"billing": 18, "returns": 2}


def test_a_home_where_nothing_was_done_has_nothing_to_undo_and_stays_empty(call: Call, home: Path) -> None:
    outcome = call("rollback", "--batch", "batch_1", "--connector-url", "http://127.0.0.1:9", "--dry-run")
    assert outcome.code == 1
    assert "nothing was ever carried out" in outcome.error
    assert not home.exists()


def test_the_cases_of_a_zendesk_are_put_back_by_the_name_of_its_connector(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(home)
    (home / "people.yaml").write_text("ada: [support_lead]\n", encoding="utf-8")
    with running_zendesk(FakeClock()) as zendesk:
        for number in range(1, 21):
            zendesk.desk.open_ticket(number)
        ids = [str(number) for number in range(1, 21)]
        reroute("batch_z", ids, str(OTHER_GROUP), Desk(zendesk.client(), state, state, state.note, FakeClock(), "ada"))
        zendesk.desk.work_on(3, priority="low")
        said = f"kind: zendesk, address: '{zendesk.url}', switched_on: true, takes: [send_message]"
        (home / "connectors.yaml").write_text(f"connectors: {{support: {{{said}}}}}\n", encoding="utf-8")
        monkeypatch.setenv("FEEDBACK_LOOP_ZENDESK_EMAIL", EMAIL)
        monkeypatch.setenv("FEEDBACK_LOOP_ZENDESK_API_TOKEN", TOKEN)
        outcome = call("rollback", "--batch", "batch_z", "--connector", "support", "--as", "ada")
        left = [number for number, ticket in zendesk.desk.tickets.items() if ticket["group_id"] != GROUP]
    assert (outcome.code, left) == (0, [3])
    assert "19 cases are back where they were, 1 left as they are" in outcome.out
    assert TOKEN not in outcome.out + outcome.err
