"""`issues close` and `issues reopen`: a person's word on an issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.outcomes.one_loop import table


@pytest.fixture(autouse=True)
def known_issue(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "people.yaml").write_text("ada: [support_lead]\nlee: [auditor]\n", encoding="utf-8")
    open_store(Settings(home=home)).replace_all(TABLES["gold_issue"], table("gold_issue", {"issue_id": "i1"}))


def test_an_issue_is_closed_and_opened_again(call: Call) -> None:
    assert "i1 is resolved, says ada." in call("issues", "close", "i1", "--as", "ada", "--why", "mended by hand").out
    assert "known already" in call("issues", "close", "i1", "--as", "ada", "--why", "mended by hand").out
    assert "i1 is reopened, says ada." in call("issues", "reopen", "i1", "--as", "ada", "--why", "it is back").out


def test_of_a_merged_issue_it_is_said_where_it_lives_on(call: Call, home: Path) -> None:
    merged = {"issue_event_id": "e1", "issue_id": "i1", "other_issue_id": "i2", "issue_event_kind": "merged"}
    open_store(Settings(home=home)).replace_all(TABLES["gold_issue_event"], table("gold_issue_event", merged))
    assert "merged into i2" in call("issues", "close", "i1", "--as", "ada", "--why", "mended by hand").err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("close", "i2", "--as", "ada", "--why", "x"), "no issue is called 'i2'"),
        (("reopen", "i1", "--as", "ada", "--why", "x"), "is not closed"),
        (("close", "i1", "--as", "lee", "--why", "x"), "lee"),
        (("close", "i1", "--as", "ada", "--why", " "), "say why"),
    ],
)
def test_what_is_not_allowed_or_makes_no_sense_is_refused_in_a_line(call: Call, arguments: tuple[str, ...], said: str) -> None:
    outcome = call("issues", *arguments)
    assert outcome.code != 0
    assert said in outcome.err
