"""`knowledge`: documents are found, listed and checked for who asks and as of when; what nobody may see is printed for nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.methods.retrieval.made_up_documents import Row, document, documents

PAY = "When the payment page stays blank, wait two minutes and load it again."
NOW = {"started_at": datetime(2026, 1, 1, tzinfo=UTC), "landed_at": datetime(2026, 1, 1, tzinfo=UTC)}
ENDLESS = datetime(2090, 1, 1, tzinfo=UTC)


def written(home: Path, *rows: Row) -> None:
    settings = load_settings(home)
    DeltaTableStore(settings.tables_folder, settings.locks_folder).replace_all(TABLES["context_document"], documents(*rows))


def article(document_id: str, text: str = PAY, **changes: Any) -> Row:
    return document(document_id, text=text, **{**NOW, "valid_until_at": ENDLESS, **changes})


@pytest.fixture(autouse=True)
def shelves(home: Path) -> None:
    written(
        home,
        article("pay", document_title="Payments"),
        article("secret", f"{PAY} The key is under the mat.", audience_roles=["ops"]),
        article("stale", f"{PAY} By fax.", valid_until_at=datetime(2026, 2, 1, tzinfo=UTC)),
    )


def found(call: Call, *options: str) -> list[str]:
    said = json.loads(call("knowledge", "search", "blank payment page", *options, "--json").out)
    return [one["document_id"] for one in said["passages"]]


def test_search_prints_what_was_found_why_and_what_it_says(call: Call) -> None:
    outcome = call("knowledge", "search", "blank payment page")
    assert outcome.code == 0
    assert "In their own words: When the payment page stays blank, wait two minutes and load it again [pay]." in outcome.out
    assert "1  Payments  (pay, runbook, support-operations)" in outcome.out
    assert "place 1 by words" in outcome.out
    assert "mat" not in outcome.out
    assert "fax" not in outcome.out


def test_search_reads_as_the_roles_that_are_named_or_a_person_has_and_as_of_an_instant(call: Call, home: Path) -> None:
    (home / "people.yaml").write_text("ada: [ops]\nbo: [support]\n", encoding="utf-8")
    assert found(call) == ["pay"]
    assert set(found(call, "--role", "ops")) == set(found(call, "--as", "ada")) == {"pay", "secret"}
    assert found(call, "--as", "bo") == ["pay"]
    assert set(found(call, "--as-of", "2026-01-15")) == {"pay", "stale"}
    assert found(call, "--as-of", "2025-12-31") == []
    assert found(call, "--as-of", "2026-01-31T23:59:59Z", "--limit", "1") != []
    assert set(found(call, "--as-of", "20260115")) == {"pay", "stale"}
    assert found(call, "--product", "Other") == []


def test_search_that_finds_nothing_says_so(call: Call) -> None:
    assert "No document that you may read" in call("knowledge", "search", "zebra 9000").out
    assert json.loads(call("knowledge", "search", "zebra 9000", "--json").out) == {"summary": None, "passages": []}


@pytest.mark.parametrize(
    "options",
    [
        ("--as-of", "soon"),
        ("--as-of", "2026-13-01"),
        ("--as-of", "x" * 10_000),
        ("--as-of", "9999-12-31"),
        ("--as-of", "0001-01-01T00:00:00+14:00"),
        ("--as", "nobody"),
        ("--as", ""),
        ("--limit", "9" * 24),
    ],
)
def test_an_instant_or_a_person_that_is_none_is_bad_input(call: Call, home: Path, options: tuple[str, str]) -> None:
    (home / "people.yaml").write_text("ada: [ops]\n", encoding="utf-8")
    assert call("knowledge", "search", "x", *options).code == 2


@pytest.mark.parametrize("words", ["", "  ", "!? -- *", "😀"])
def test_a_question_without_words_is_bad_input(call: Call, words: str) -> None:
    outcome = call("knowledge", "search", words)
    assert outcome.code == 2
    assert "holds no word" in outcome.error


def test_a_matched_word_without_end_is_cut(call: Call) -> None:
    endless = call("knowledge", "search", f"pay e{chr(0x301) * 5_000}")
    assert endless.code == 0
    assert max(map(len, endless.out.splitlines())) < 1_000


def test_a_warning_of_millions_of_days_is_bad_input(call: Call) -> None:
    assert call("knowledge", "check", "--within", 10**12).code == 2
    assert call("knowledge", "check", "--within", 36_500, "--as-of", "2999-12-31").err == ""


def test_list_shows_the_standing_of_what_may_be_read(call: Call) -> None:
    outcome = call("knowledge", "list")
    assert "stale" in outcome.out
    assert "expired" in outcome.out
    assert "secret" not in outcome.out
    states = {one["document_id"]: one["standing"] for one in json.loads(call("knowledge", "list", "--role", "ops", "--json").out)}
    assert states == {"pay": "in_force", "secret": "in_force", "stale": "expired"}


def test_check_fails_while_playbooks_lack_their_documents_and_says_what_to_do(call: Call, home: Path) -> None:
    outcome = call("knowledge", "check")
    assert outcome.code == 1
    assert "rollback-release: the playbook release-rollback can't act without it; it never landed" in outcome.out
    assert "note    stale (support-operations): it has expired" in outcome.out
    assert "secret" not in outcome.out


def test_check_of_documents_in_order_ends_with_0(call: Call, home: Path) -> None:
    from feedback_loop.remediation.playbooks import seed_playbooks

    needed = sorted({name for book in seed_playbooks() for name in book.governing_documents})
    written(home, *(article(name, f"Steps of {name}.") for name in needed))
    outcome = call("knowledge", "check")
    assert (outcome.code, outcome.out) == (0, "Every document is in order.\n")
    assert json.loads(call("knowledge", "check", "--json").out) == []


def test_a_home_without_documents_has_none(call: Call, home: Path, tmp_path: Path) -> None:
    from shutil import rmtree

    rmtree(home)
    assert "No document" in call("knowledge", "search", "blank").out
    assert json.loads(call("knowledge", "list", "--json").out) == []
