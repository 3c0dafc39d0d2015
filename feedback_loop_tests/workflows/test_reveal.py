"""Revealing: one value, to whom may see it, for a reason; the audit trail keeps who, what and why, and never the value."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, Refused
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.workflows.reveal import REVEALER, reveal
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.silver.records import batch, record
from feedback_loop_tests.silver.stages import fragments_of

SAID = "Nothing arrives.  Write to jane.doe@example.org &amp; call +49 30 901820, please."


@pytest.fixture
def tables() -> FakeTableStore:
    store = FakeTableStore()
    records = batch(record(SAID, 1, customer="c1"), record("a@example.org", 2, customer="c2"))
    store.append(TABLES["bronze_feedback_record"], pl.DataFrame(pl.from_arrow(records)))
    store.append(TABLES["silver_fragment"], pl.DataFrame(pl.from_arrow(fragments_of(records, Cleaner(key=b"k" * 32)))))
    return store


def token_of(tables: FakeTableStore, kind: str) -> str:
    texts = tables.read(TABLES["silver_fragment"]).filter(pl.col("customer_id") == "c1")["masked_text"]
    return next(found[0] for text in texts for found in PLACEHOLDER.finditer(text) if kind in found[0])


@pytest.mark.parametrize(("kind", "value"), [("EMAIL", "jane.doe@example.org"), ("PHONE", "+49 30 901820")])
def test_value_is_shown_and_the_trail_tells_who_saw_which_and_why(tables: FakeTableStore, tmp_path: Path, kind: str, value: str) -> None:
    state, token = open_state(tmp_path), token_of(tables, kind)
    assert reveal(token.strip("[]"), " refund ", "dora", (REVEALER,), tables, state, START) == value
    (entry,) = state.records()
    assert (entry.event, entry.actor) == ("value_revealed", "dora")
    ((_, content),) = state.contents().values()
    assert (content["placeholder"], content["reason"]) == (token, "refund")
    assert content["fragment_id"] in tables.read(TABLES["silver_fragment"])["fragment_id"]
    assert str(content["fragment_id"]) not in str(entry)


def test_nobody_without_the_role_sees_anything(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    with pytest.raises(Refused, match="privacy_officer"):
        reveal(token_of(tables, "EMAIL"), "refund", "bo", ("support_lead",), tables, state, START)
    assert [(entry.event, entry.actor) for entry in state.records()] == [("reveal_refused", "bo")]


@pytest.mark.parametrize(
    ("token", "reason", "why"),
    [
        ("EMAIL_bcdfghjk", "refund", "no masked text holds this token"),
        ("EMAIL", "refund", "a token looks like"),
        ("jane", "refund", "a token looks like"),
        (None, "  ", "say why"),
    ],
)
def test_what_cannot_be_looked_up_is_bad_input(tables: FakeTableStore, tmp_path: Path, token: str | None, reason: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        reveal(token or token_of(tables, "EMAIL"), reason, "dora", (REVEALER,), tables, open_state(tmp_path), START)
