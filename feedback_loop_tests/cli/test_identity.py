"""Tokens at the command line: who acts is who the token says, whoever else --as names, and nothing ever prints a token."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.cli.places import SystemClock, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.grounds import read_grounds
from feedback_loop.workflows.propose import propose
from feedback_loop.workflows.service_tokens import made_token, parse_hash
from feedback_loop_tests.adapters.identity.made_up_issuer import ISSUER, MadeUpIssuer
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, all_documents, cause_row, cohort_row, frame
from feedback_loop_tests.workflows.outbox_world import DAY

COMPANY = MadeUpIssuer()
SERVICE_TOKEN, SERVICE_HASH = made_token()
RULES = f"""
issuers:
  - name: company
    issuer: {ISSUER}
    audience: feedback-loop
    keys_file: keys.json
    person_claim: preferred_username
    groups:
      releases: [release_manager]
      incidents: [incident_commander]
      audit: [auditor]
      admins: [administrator, my_own_role]
services:
  - {{name: nightly, token_hash: "{SERVICE_HASH}", roles: [privacy_officer]}}
"""
TOKENS = {
    who: COMPANY.token(who, (group,)) for who, group in (("ada", "releases"), ("bo", "incidents"), ("aud", "audit"), ("root", "admins"))
}


@pytest.fixture(autouse=True)
def is_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: START)
    monkeypatch.delenv("FEEDBACK_LOOP_TOKEN", raising=False)


@pytest.fixture
def company_home(home: Path) -> Path:
    """A home that believes the company's tokens."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "identity.yaml").write_text(RULES, encoding="utf-8")
    (home / "keys.json").write_text(json.dumps(COMPANY.key_set), encoding="utf-8")
    return home


@pytest.fixture
def proposal_id(company_home: Path) -> str:
    """The proposal to roll a release back."""
    tables = open_store(Settings(home=company_home))
    rows = {
        "analysis_alert": [alert_row()],
        "analysis_cohort": [cohort_row()],
        "analysis_hypothesis": [cause_row()],
        "context_document": all_documents(),
    }
    for name, content in rows.items():
        tables.replace_days(TABLES[name], frame(name, content), DAY)
    (made,) = propose(read_grounds(tables, DAY, START), state_of(company_home), START, is_live=True).proposal_ids
    return made


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def as_(sign_in: pytest.MonkeyPatch, token: str) -> None:
    sign_in.setenv("FEEDBACK_LOOP_TOKEN", token)


def test_two_people_with_tokens_approve_and_a_dry_run_would_send(call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch) -> None:
    as_(sign_in, TOKENS["ada"])
    assert "awaiting approval (1 of 2" in call("approvals", "approve", proposal_id).out
    as_(sign_in, TOKENS["bo"])
    assert "is approved" in call("approvals", "approve", proposal_id, "--as", "bo").out
    sign_in.delenv("FEEDBACK_LOOP_TOKEN")
    assert "1 actions would be sent" in call("approvals", "execute").out
    assert "token" in call("approvals", "show", proposal_id).out
    as_(sign_in, COMPANY.token("bo", (), START + timedelta(seconds=5)))
    assert "roles    none" in call("identity", "whoami").out
    outcome = call("approvals", "execute")
    assert (outcome.code, "was not sent: approver lacks role" in outcome.out) == (1, True)
    assert call("audit", "verify").code == 0


@pytest.mark.parametrize("who", ["aud", "root"])
def test_an_auditor_and_an_administrator_do_not_approve(call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch, who: str) -> None:
    as_(sign_in, TOKENS[who])
    outcome = call("approvals", "approve", proposal_id)
    assert outcome.code == 1
    assert "asks for a person" in outcome.error if who == "aud" else "approver_lacks_role" in outcome.error


def test_a_service_is_no_person_who_approves(call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch) -> None:
    as_(sign_in, SERVICE_TOKEN)
    outcome = call("approvals", "approve", proposal_id)
    assert (outcome.code, "nightly may not `approvals approve`" in outcome.error) == (1, True)
    assert json.loads(call("identity", "whoami", "--json").out)["commands"] == ["erase"]


def test_the_name_must_be_that_of_the_token(call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch) -> None:
    as_(sign_in, TOKENS["ada"])
    outcome = call("approvals", "approve", proposal_id, "--as", "bo")
    assert (outcome.code, "--as names somebody else" in outcome.error) == (1, True)


COMMANDS = [
    ("approvals", "approve", "ID"), ("approvals", "reject", "ID", "--why", "x"), ("approvals", "revoke", "ID"),
    ("labels", "correct", "fragment_1", "billing"), ("issues", "confirm", "h1"), ("issues", "reject", "h1"),
    ("model", "promote", "m1", "--why", "x"), ("model", "gates", "--why", "x"), ("reveal", "EMAIL_x", "--reason", "x"),
    ("rollback", "--batch", "b", "--connector-url", "http://127.0.0.1:1"), ("erase", "--customer", "c1"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_nobody_acts_by_a_name_alone_where_tokens_are_believed(
    call: Call, proposal_id: str, company_home: Path, command: tuple[str, ...]
) -> None:
    (company_home / "people.yaml").write_text("ada: [release_manager, privacy_officer]", encoding="utf-8")
    words = [proposal_id if word == "ID" else word for word in command]
    outcome = call(*words, "--as", "ada")
    assert (outcome.code, "is only a name" in outcome.error) == (1, True)
    outcome = call(*words)
    assert outcome.code == 2
    assert "token" in outcome.error


@pytest.mark.parametrize("command", [c for c in COMMANDS if c[0] != "approvals"], ids=lambda words: " ".join(words[:2]))
def test_a_role_that_is_not_for_it_opens_nothing(
    call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    as_(sign_in, TOKENS["ada"])
    outcome = call(*command)
    assert (outcome.code, "ada may not" in outcome.error) == (1, True)


def test_a_token_in_the_environment_does_not_make_looking_a_change(call: Call, company_home: Path, sign_in: pytest.MonkeyPatch) -> None:
    as_(sign_in, TOKENS["root"])
    assert json.loads(call("model", "gates", "--json").out)["is_put_in_force"] is False


@pytest.mark.parametrize(
    ("token", "word"),
    [
        (MadeUpIssuer(owner="stranger").token(), "bad signature"),
        (COMPANY.token(at=START - timedelta(hours=2)), "expired"),
        (COMPANY.token(at=START + timedelta(hours=2)), "not yet valid"),
        (COMPANY.token(aud="other"), "wrong audience"),
        (COMPANY.token(iss="https://evil.example.com"), "unknown issuer"),
        (COMPANY.token(header={"alg": "none"}), "algorithm not allowed"),
        (COMPANY.token(header={"crit": ["exp"]}), "critical header"),
        (COMPANY.token(groups=("x" * 20_000,)), "too long"),
        ("a-token-of-no-service-at-all-0123456789", "unknown service token"),
        ("not a token", "not a token"),
    ],
    ids=lambda said: said.replace(" ", "_") if len(said) < 24 else "token",
)
def test_a_token_that_is_not_believed_is_one_line_without_it(
    call: Call, proposal_id: str, company_home: Path, sign_in: pytest.MonkeyPatch, token: str, word: str
) -> None:
    as_(sign_in, token)
    outcome = call("approvals", "approve", proposal_id)
    assert (outcome.code, word in outcome.error) == (1, True)
    held = b"".join(file.read_bytes() for file in company_home.rglob("*") if file.is_file())
    for part in (part for part in token.split(".") if len(part) > 12):
        assert part not in outcome.err + outcome.out
        assert part.encode() not in held or part in TOKENS["ada"]


def test_a_traceback_holds_no_token_either(call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch) -> None:
    token = COMPANY.token(aud="other")
    as_(sign_in, token)
    sign_in.setenv("FEEDBACK_LOOP_DEBUG", "1")
    shown = call("approvals", "approve", proposal_id)
    assert "Traceback" in shown.err
    assert not any(part in shown.err for part in token.split("."))


def test_a_token_of_a_home_without_an_identity_file_is_refused(call: Call, home: Path, sign_in: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "people.yaml").write_text("ada: [release_manager]", encoding="utf-8")
    as_(sign_in, TOKENS["ada"])
    assert "unknown issuer" in call("identity", "whoami").error
    sign_in.delenv("FEEDBACK_LOOP_TOKEN")
    assert "ada, known by name" in call("identity", "whoami", "--as", "ada").out


def test_a_token_file_goes_before_the_environment(call: Call, company_home: Path, sign_in: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from feedback_loop.cli.entry import exit_code

    as_(sign_in, TOKENS["bo"])
    file = tmp_path / "token"
    file.write_text(f"{TOKENS['ada']}\n", encoding="utf-8")
    assert call("--token-file", file, "identity", "whoami").out.splitlines()[0] == "ada, known by token"
    for content in ("", "é"):
        file.write_text(content, encoding="utf-8")
        assert "holds no token" in call("--token-file", file, "identity", "whoami").error
    assert "holds no token" in call("--token-file", tmp_path / "gone", "identity", "whoami").error
    assert exit_code(["--home", str(company_home), "identity", "whoami", "--token-file", str(file)]) == 2


def test_who_am_i_needs_somebody(call: Call, company_home: Path) -> None:
    assert "nobody says who they are" in call("identity", "whoami").error
    assert not (company_home / "state").exists()


def test_a_role_that_is_only_named_opens_no_document_where_tokens_are_believed(
    call: Call, proposal_id: str, sign_in: pytest.MonkeyPatch
) -> None:
    assert "no role that is only named" in call("knowledge", "list", "--role", "release_manager").error
    as_(sign_in, TOKENS["ada"])
    assert call("knowledge", "list").code == 0


def test_lint_says_what_is_believed_and_which_roles_open_nothing(call: Call, company_home: Path) -> None:
    outcome = call("identity", "lint")
    assert "1 issuers, 0 people, 1 services, nothing wrong. Names given with --as are not believed." in outcome.out
    assert "asks for the role my_own_role" in outcome.err
    told = json.loads(call("identity", "lint", "--json").out)
    assert (told["allows_local"], told["unused_roles"]) == (False, ["my_own_role"])
    (company_home / "identity.yaml").write_text(f"{RULES}settings: {{local_users: true}}", encoding="utf-8")
    assert "can be anybody in people.yaml" in call("identity", "lint").err
    (company_home / "identity.yaml").write_text("isuers: []", encoding="utf-8")
    outcome = call("identity", "lint")
    assert (outcome.code, "isuers: Extra inputs" in outcome.error) == (2, True)


def test_lint_of_a_home_without_the_file_says_what_holds_then(call: Call) -> None:
    assert "people are known by name" in call("identity", "lint").out


def test_a_hash_is_made_of_standard_input_and_never_of_an_argument(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = "correct-horse-battery-staple-4711"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{chosen}\n"))
    printed = parse_hash(call("identity", "hash-token").out.strip())
    assert printed is not None
    assert printed.is_of(chosen)
    monkeypatch.setattr("sys.stdin", io.StringIO("short"))
    outcome = call("identity", "hash-token")
    assert (outcome.code, "short" in outcome.error) == (2, False)
    assert call("identity", "hash-token", chosen).code == 2


def test_a_random_token_is_printed_once_beside_its_hash(call: Call) -> None:
    told = json.loads(call("identity", "hash-token", "--random", "--json").out)
    found = parse_hash(told["token_hash"])
    assert found is not None
    assert found.is_of(told["token"])
    assert "token_hash  sha256$" in call("identity", "hash-token", "--random").out
