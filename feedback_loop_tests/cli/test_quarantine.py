"""`quarantine`: list, show and retry, each for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.sources.rows import play_file, play_row


@pytest.fixture
def quarantine_id(call: Call, tmp_path: Path) -> str:
    file = tmp_path / "reviews.csv"
    file.write_bytes(play_file(play_row(), play_row(reviewId="r3", at="someday", content="\x1b[31mred words")))
    call("ingest", "google-play", file, "--product", "Acme")
    rows = json.loads(call("quarantine", "list", "--json").out)
    assert [row["quarantine_reason"] for row in rows] == ["unreadable_date"]
    return str(rows[0]["quarantine_id"])


def test_list_shows_the_reason_but_no_words_of_the_row(call: Call, quarantine_id: str) -> None:
    outcome = call("quarantine", "list")
    assert outcome.code == 0
    assert quarantine_id in outcome.out
    assert "unreadable_date" in outcome.out
    assert "red words" not in outcome.out


def test_list_of_an_empty_home_says_so_and_makes_nothing(call: Call, home: Path) -> None:
    outcome = call("quarantine", "list")
    assert (outcome.code, outcome.out) == (0, "No row waits in quarantine.\n")
    assert not home.exists()


def test_show_prints_the_row_without_its_control_characters(call: Call, quarantine_id: str) -> None:
    outcome = call("quarantine", "show", quarantine_id)
    assert "red words" in outcome.out
    assert "\x1b" not in outcome.out


def test_show_as_json_holds_the_bytes(call: Call, quarantine_id: str) -> None:
    row = json.loads(call("quarantine", "show", quarantine_id, "--json").out)
    assert b"red words" in bytes.fromhex(row["raw_bytes"])
    assert row["raw_text"].startswith("r3")


def test_show_of_an_unknown_id_is_bad_input(call: Call, quarantine_id: str) -> None:
    outcome = call("quarantine", "show", "nothing")
    assert outcome.code == 2
    assert "quarantine list" in outcome.error


def test_retry_tells_what_is_still_unreadable(call: Call, quarantine_id: str) -> None:
    assert json.loads(call("quarantine", "retry", "--json").out) == {"read": 1, "landed": 0, "duplicates": 0, "quarantined": 1}
    assert call("quarantine", "retry").out == "1 rows read = 0 landed + 0 duplicates + 1 quarantined\n"
