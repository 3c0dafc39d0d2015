"""`audit`: a whole trail, an altered one, a database that is gone; what it says of a subject; the export."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.fakes import START


@pytest.fixture
def recorded(home: Path) -> Path:
    """A home with five records; returns the file of its database."""
    state = state_of(home)
    for number in range(1, 6):
        state.note("proposal_approved", f"proposal_{number % 2}", "ada", {"number": number, "why": "looks \x1b[31mright"}, START)
    return home / "state" / "state.sqlite"


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
    assert (outcome.code, outcome.out) == (0, "The audit trail is whole: 5 records, anchored at record 5.\n")
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


def test_an_anchor_that_is_gone_is_said(call: Call, home: Path, recorded: Path) -> None:
    (home / "audit" / "anchor.jsonl").unlink()
    assert "no anchor says" in call("audit", "verify").out


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


def test_export_writes_one_line_per_record_and_overwrites_nothing(call: Call, recorded: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    assert "5 records in" in call("audit", "export", file).out
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["content"]["number"] == 1
    before = file.read_bytes()
    outcome = call("audit", "export", file)
    assert (outcome.code, file.read_bytes()) == (2, before)
    assert "exists already" in outcome.error
