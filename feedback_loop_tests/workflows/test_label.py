"""Labels: by known people, about known fragments, in words of the taxonomy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import LabelKind
from feedback_loop.errors import BadInput
from feedback_loop.workflows.label import correct_label
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START, FakeTableStore

FRAGMENT = TABLES["silver_fragment"]
_BY_TYPE: dict[Any, Any] = {pl.String: "app_review", pl.Int64: 1, pl.Float64: 1.0}


def fragments(fragment_id: str, day: date) -> pl.DataFrame:
    """One row of silver_fragment that fulfils its contract."""
    schema = pl.Schema(FRAGMENT.schema)
    row: dict[str, Any] = {field.name: None if field.is_nullable else _BY_TYPE.get(schema[field.name], []) for field in FRAGMENT.fields}
    row |= {"fragment_id": fragment_id, "occurred_at": START, "landed_at": START, "event_date": day}
    return pl.DataFrame([row], schema=schema)


@pytest.fixture
def tables() -> FakeTableStore:
    store = FakeTableStore()
    store.append(FRAGMENT, fragments("fragment_1", START.date()))
    return store


def test_a_label_is_stored_with_the_taxonomy_that_the_person_saw(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    label_id = correct_label("fragment_1", "Poor-UX", "ada", {"ada": ()}, tables, state, START)
    (row,) = state.snapshot(TABLES["state_label"]).to_dicts()
    assert (row["label_id"], row["labelled_class"], row["labelled_by"], row["labelled_at"]) == (label_id, "poor_ux", "ada", START)
    assert row["taxonomy_version"]


@pytest.mark.parametrize(("fragment", "word", "person"), [("x", "crash", "ada"), ("fragment_1", "x", "ada"), ("fragment_1", "crash", "x")])
def test_what_is_unknown_is_bad_input(tables: FakeTableStore, tmp_path: Path, fragment: str, word: str, person: str) -> None:
    state = open_state(tmp_path)
    with pytest.raises(BadInput):
        correct_label(fragment, word, person, {"ada": ()}, tables, state, START)
    assert state.records() == []


def test_a_label_says_what_it_is_for_why_it_was_given_and_in_whose_words(tables: FakeTableStore, tmp_path: Path) -> None:
    state, taxonomy = open_state(tmp_path), read_taxonomy_text("counts_as: other\nclasses: [{id: refunds, formerly: [money_back]}, slow]")
    correct_label("fragment_1", "money-back", "ada", {"ada": ()}, tables, state, START, taxonomy, why=" twice charged ")
    (row,) = state.snapshot(TABLES["state_label"]).to_dicts()
    assert (row["labelled_class"], row["label_kind"], row["label_why"]) == ("refunds", "correction", "twice charged")
    assert row["taxonomy_version"] == taxonomy.version


def test_a_second_reading_is_another_persons_and_comes_second(tables: FakeTableStore, tmp_path: Path) -> None:
    state, people = open_state(tmp_path), {"ada": (), "bo": ()}
    second = LabelKind.SECOND_READING
    with pytest.raises(BadInput, match="nobody labelled this fragment yet"):
        correct_label("fragment_1", "crash", "bo", people, tables, state, START, kind=second)
    correct_label("fragment_1", "crash", "ada", people, tables, state, START)
    with pytest.raises(BadInput, match="another person's"):
        correct_label("fragment_1", "crash", "ada", people, tables, state, START, kind=second)
    correct_label("fragment_1", "crash", "bo", people, tables, state, START, kind=second)
    assert sorted(state.snapshot(TABLES["state_label"])["label_kind"]) == ["correction", "second_reading"]
