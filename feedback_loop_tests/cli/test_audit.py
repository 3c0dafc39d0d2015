"""`audit`: a whole trail, an altered one, a database that is gone; who signed; a decision as a page; the export; decisions made again."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.signing_key import SigningKey
from feedback_loop.cli.places import open_state
from feedback_loop.config import load_settings
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.signed_world import SignedWorld


@pytest.fixture
def recorded(home: Path) -> Path:
    """A home with five records; returns the file of its database."""
    state = state_of(home)
    for number in range(1, 6):
        state.note("proposal_approved", f"proposal_{number % 2}", "ada", {"number": number, "why": "looks \x1b[31mright"}, START)
    return home / "state" / "state.sqlite"


@pytest.fixture
def decided(home: Path) -> tuple[SignedWorld, str]:
    """A home with one decision that was carried out, and the id of its proposal."""
    world = SignedWorld(home)
    return world, world.decided()


def spoil(database: Path, *statements: str) -> None:
    """Alters the database as somebody with access to the file could."""
    with closing(sqlite3.connect(database)) as connection:
        for name, *_ in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_whole_trail_is_said_to_be_whole(call: Call, recorded: Path) -> None:
    outcome = call("audit", "verify")
    assert outcome.code == 0
    assert outcome.out.startswith("The audit trail is whole: 5 records, anchored at record 5 and signed by ed25519-")
    assert json.loads(call("audit", "verify", "--json").out)["is_whole"] is True


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE audit_record SET actor = 'mallory' WHERE sequence = 3", "record 3, edited"),
        ("DELETE FROM audit_record WHERE sequence = 2", "record 2, missing"),
        ("DELETE FROM audit_record WHERE sequence = 5", "record 5, truncated"),
        ("UPDATE audit_content SET content = '{}' WHERE sequence = 4", "record 4, content changed"),
        ("UPDATE audit_content SET content = 'no JSON' WHERE sequence = 4", "record 4, content changed"),
        ("UPDATE audit_content SET content = '[]' WHERE sequence = 4", "record 4, content changed"),
        ("UPDATE audit_content SET salt = '{' WHERE sequence = 4", "record 4, content changed"),
        ("UPDATE audit_record SET record_hash = '' WHERE sequence = 5", "record 5, edited"),
    ],
)
def test_an_altered_trail_ends_with_one_line_that_names_the_first_break(call: Call, recorded: Path, statement: str, named: str) -> None:
    spoil(recorded, statement)
    outcome = call("audit", "verify")
    assert (outcome.code, outcome.out) == (1, "")
    assert named in outcome.error
    as_json = call("audit", "verify", "--json")
    assert (as_json.code, json.loads(as_json.out)["is_whole"]) == (1, False)


def test_several_breaks_are_counted(call: Call, recorded: Path) -> None:
    spoil(recorded, "UPDATE audit_record SET actor = 'mallory'")
    assert "4 more, see --json" in call("audit", "verify").error


def test_erased_content_is_told_and_no_break(call: Call, recorded: Path) -> None:
    spoil(recorded, "DELETE FROM audit_content WHERE sequence = 3")
    outcome = call("audit", "verify")
    assert outcome.code == 0
    assert "The content of 1 was erased." in outcome.out
    assert "erased" in call("audit", "show", "proposal_1").out


def test_a_database_that_is_gone_is_noticed_by_the_anchor(call: Call, recorded: Path) -> None:
    for file in recorded.parent.iterdir():
        file.unlink()
    outcome = call("audit", "verify")
    assert outcome.code == 1
    assert "record 5, truncated" in outcome.error


def test_an_anchor_that_is_gone_is_a_break_where_a_key_signed_some(call: Call, home: Path, recorded: Path) -> None:
    (home / "audit" / "anchor.jsonl").unlink()
    assert "record 5, unanchored: no anchor is left" in call("audit", "verify").error
    for file in (home / "secrets").iterdir():
        file.unlink()
    assert "no anchor says" in call("audit", "verify").out


def test_an_auditor_needs_the_public_key_alone(call: Call, home: Path, recorded: Path, tmp_path: Path) -> None:
    public = tmp_path / "audit.pub"
    shutil.move(home / "secrets" / "signing.key.pub", public)
    (home / "secrets" / "signing.key").unlink()
    assert "foreign key" in call("audit", "verify").error
    outcome = call("audit", "verify", "--public-key", public)
    assert (outcome.code, "signed by ed25519-" in outcome.out) == (0, True)
    other = SigningKey(tmp_path / "other.key")
    other.sign(b"makes it")
    assert "record 1, foreign key" in call("audit", "verify", "--public-key", other.public_file).error


def test_a_home_from_before_says_that_it_is_not_signed_yet(call: Call, home: Path, recorded: Path) -> None:
    file = home / "audit" / "anchor.jsonl"
    anchors = [json.loads(line) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps({name: one[name] for name in ("sequence", "record_hash")}) + "\n" for one in anchors))
    for secret in (home / "secrets").iterdir():
        secret.unlink()
    assert "not signed yet" in call("audit", "verify").out
    state_of(home).note("noted", "subject", "ada", {}, START)
    assert "5 anchors are from before signing; the first signed one vouches for them." in call("audit", "verify").out


def test_anchors_that_are_kept_elsewhere_find_a_home_that_was_set_back(call: Call, home: Path, recorded: Path, tmp_path: Path) -> None:
    anchors, kept = home / "audit" / "anchor.jsonl", tmp_path / "kept.jsonl"
    shutil.copy(anchors, kept)
    assert call("audit", "verify", "--anchor", kept).code == 0
    spoil(recorded, "DELETE FROM audit_record WHERE sequence > 2", "DELETE FROM audit_content WHERE sequence > 2")
    anchors.write_text("".join(f"{line}\n" for line in kept.read_text().splitlines()[:2]))
    assert call("audit", "verify").code == 0
    assert "record 5, truncated" in call("audit", "verify", "--anchor", kept).error


def test_the_key_lies_where_the_setting_says(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_SIGNING_KEY_FILE", str(tmp_path / "safe" / "audit.key"))
    open_state(load_settings(home)).note("noted", "subject", "ada", {}, START)
    assert not (home / "secrets").exists()
    assert call("audit", "verify").code == 0
    monkeypatch.delenv("FEEDBACK_LOOP_SIGNING_KEY_FILE")
    assert "foreign key" in call("audit", "verify").error


def test_an_empty_home_has_no_trail_and_stays_empty(call: Call, home: Path) -> None:
    assert call("audit", "verify").out == call("audit", "show").out == "Nothing was recorded.\n"
    assert not home.exists()


def test_show_lists_all_records_or_those_of_a_subject_with_their_content(call: Call, recorded: Path) -> None:
    listed = call("audit", "show").out
    assert listed.count("proposal_approved") == 5
    about = call("audit", "show", "proposal_0").out
    assert about.count("proposal_approved by ada") == 2
    assert '"number": 4' in about
    assert "\x1b" not in about
    assert [row["sequence"] for row in json.loads(call("audit", "show", "proposal_0", "--json").out)] == [2, 4]
    assert call("audit", "show", "nobody").out == "Nothing was recorded about nobody.\n"


def test_an_export_is_verified_alone_and_overwrites_nothing(call: Call, home: Path, recorded: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    assert "5 records in" in call("audit", "export", "--out", file).out
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [event["data"].get("sequence") for event in events] == [1, 2, 3, 4, 5, None]
    assert events[0]["data"]["content"]["number"] == 1
    before = file.read_bytes()
    outcome = call("audit", "export", "--out", file)
    assert (outcome.code, file.read_bytes()) == (2, before)
    assert "exists already" in outcome.error
    assert [left.name for left in tmp_path.iterdir() if "trail" in left.name] == ["trail.jsonl"]
    public = home / "secrets" / "signing.key.pub"
    told = call("audit", "verify", "--export", file, "--public-key", public)
    assert told.out.startswith("The export is whole: 5 records (records 1 to 5, from the first on), signed by ed25519-")
    shutil.copy(public, tmp_path / "audit.pub")
    shutil.rmtree(home)
    assert call("audit", "verify", "--export", file, "--public-key", tmp_path / "audit.pub", "--json").code == 0
    assert "nobody can tell who signed" in call("audit", "verify", "--export", file).error
    assert not home.exists()


def test_an_export_that_somebody_altered_ends_with_one_line(call: Call, recorded: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    call("audit", "export", "--out", file)
    file.write_text(file.read_text().replace('"number": 3', '"number": 4'))
    outcome = call("audit", "verify", "--export", file)
    assert (outcome.code, outcome.out) == (1, "")
    assert "record 3, content changed" in outcome.error
    assert "Ask for the export anew" in outcome.error
    assert json.loads(call("audit", "verify", "--export", file, "--json").out)["is_whole"] is False
    file.write_text("no export\n")
    assert call("audit", "verify", "--export", file).code == 2


def test_an_export_of_days_holds_those_alone(call: Call, home: Path, recorded: Path, tmp_path: Path) -> None:
    state_of(home).note("noted", "subject", "ada", {}, START + timedelta(days=1))
    file = tmp_path / "day.jsonl"
    assert "1 records in" in call("audit", "export", "--from", "2026-01-06", "--to", "2026-01-06", "--out", file).out
    assert "a part of the trail" in call("audit", "verify", "--export", file).out
    assert "no audit record" in call("audit", "export", "--from", "2020-01-06", "--to", "2020-01-06", "--out", tmp_path / "n").error


def test_files_that_can_not_be_used_are_one_sentence_each(call: Call, home: Path, recorded: Path, tmp_path: Path) -> None:
    binary, empty = tmp_path / "binary", tmp_path / "empty"
    binary.write_bytes(b"\xff\xfe")
    empty.write_bytes(b"")
    for arguments in (
        ("--export", tmp_path / "none"), ("--export", binary), ("--export", tmp_path),
        ("--anchor", tmp_path / "none"), ("--anchor", empty),
        ("--public-key", tmp_path / "none"), ("--public-key", empty), ("--public-key", home / "secrets" / "signing.key"),
    ):  # fmt: skip
        outcome = call("audit", "verify", *arguments)
        assert (outcome.code, outcome.out) == (2, ""), arguments
        assert "PRIVATE" not in outcome.error


def test_a_decision_is_told_as_a_page_and_as_a_file(call: Call, decided: tuple[SignedWorld, str], tmp_path: Path) -> None:
    _, proposal_id = decided
    shown = call("audit", "show", proposal_id).out
    for words in ("roll back release of release-6.4.0", "it began 40 minutes before", "ada", "receipt_key_", "the decision is the same"):
        assert words in shown
    file = tmp_path / "decision.html"
    assert "Written" in call("audit", "show", proposal_id, "--html", file).out
    assert "receipt_key_" in file.read_text(encoding="utf-8")
    assert call("audit", "show", proposal_id, "--html", file).code == 2
    told = json.loads(call("audit", "show", proposal_id, "--json").out)
    assert told["proposal"]["proposal_id"] == proposal_id
    assert (told["replay"]["verdict"], told["is_erased"], len(told["lines"])) == ("same", False, 9)
    assert '"to": "approved"' in call("audit", "show", proposal_id, "--records").out
    for arguments in (("nobody",), ()):
        assert call("audit", "show", *arguments, "--html", tmp_path / "none.html").code == 2


def test_decisions_are_made_again(call: Call, decided: tuple[SignedWorld, str]) -> None:
    world, proposal_id = decided
    outcome = call("audit", "replay", "--all")
    assert (outcome.code, outcome.out) == (0, f"{proposal_id}  same\n")
    assert json.loads(call("audit", "replay", proposal_id, "--json").out)["decisions"][0]["verdict"] == "same"
    for arguments in ((), (proposal_id, "--all"), ("nobody",)):
        assert call("audit", "replay", *arguments).code == 2
    world.spoil("DELETE FROM audit_content WHERE sequence = 1")
    assert call("audit", "replay", proposal_id).out == f"{proposal_id}  erased\n"


def test_a_decision_that_differs_ends_with_code_1(call: Call, decided: tuple[SignedWorld, str]) -> None:
    world, proposal_id = decided
    world.spoil("UPDATE audit_content SET content = replace(content, '\"approvals_required_count\":2', '\"approvals_required_count\":1')")
    outcome = call("audit", "replay", proposal_id)
    assert outcome.code == 1
    assert "differs: approvals needed: the policy says 2, the record 1" in outcome.out
    assert "the audit trail is broken" in outcome.err


def test_an_empty_home_has_nothing_to_decide_again(call: Call, home: Path) -> None:
    assert call("audit", "replay", "--all").out == "Nothing was proposed yet.\n"
    assert not home.exists()


def test_the_private_key_is_in_no_output_and_no_file_but_its_own(call: Call, decided: tuple[SignedWorld, str], tmp_path: Path) -> None:
    world, proposal_id = decided
    secret = world.key.file.read_text().splitlines()[1]
    outcomes = [
        call("audit", "verify"), call("audit", "verify", "--json"), call("audit", "show", proposal_id),
        call("audit", "show", proposal_id, "--json"),
        call("audit", "show", proposal_id, "--html", tmp_path / "page.html"), call("audit", "export", "--out", tmp_path / "trail.jsonl"),
        call("audit", "replay", "--all", "--json"), call("audit", "verify", "--public-key", world.key.file),
    ]  # fmt: skip
    world.key.file.write_text(f"broken {secret}")
    outcomes.append(call("audit", "verify"))
    assert outcomes[-1].code == 2
    assert not any(secret in outcome.out + outcome.err for outcome in outcomes)
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file != world.key.file]
    assert len(files) > 4
    for file in files:
        content = file.read_bytes()
        assert secret.encode() not in content, file
        assert not re.search(rb"(?i)bearer [a-z0-9]|begin private", content), file
