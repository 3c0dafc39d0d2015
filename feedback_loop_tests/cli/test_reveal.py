"""`reveal`: the value on one line, or one line that says why not."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.silver.records import batch, record
from feedback_loop_tests.silver.stages import fragments_of


@pytest.fixture
def token(home: Path) -> str:
    """The token of the one value that the home holds."""
    store, records = open_store(Settings(home=home)), batch(record("jane.doe@example.org", 1, customer="c1"))
    made = pl.DataFrame(pl.from_arrow(fragments_of(records, Cleaner(key=b"k" * 32))))
    store.append(TABLES["bronze_feedback_record"], pl.DataFrame(pl.from_arrow(records)))
    store.append(TABLES["silver_fragment"], made)
    (home / "people.yaml").write_text("dora: [privacy_officer]\nbo: [support_lead]\n", encoding="utf-8")
    return str(made["masked_text"][0])


def test_a_privacy_officer_sees_the_value(call: Call, token: str) -> None:
    assert call("reveal", token, "--as", "dora", "--reason", "refund").out == "jane.doe@example.org\n"
    assert json.loads(call("reveal", token, "--as", "dora", "--reason", "refund", "--json").out) == {"value": "jane.doe@example.org"}


def test_another_person_is_refused_in_one_line(call: Call, token: str) -> None:
    outcome = call("reveal", token, "--as", "bo", "--reason", "refund")
    assert (outcome.code, outcome.out) == (1, "")
    assert "privacy_officer" in outcome.error


@pytest.mark.parametrize("arguments", [("--as", "eve", "--reason", "x"), ("--as", "dora", "--reason", " ")])
def test_unknown_person_or_no_reason_is_bad_input(call: Call, token: str, arguments: tuple[str, ...]) -> None:
    assert call("reveal", token, *arguments).code == 2
