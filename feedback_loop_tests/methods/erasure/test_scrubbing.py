"""A table loses exactly the rows of the erased, lists and texts the same places, and every other row stays as it is."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.erasure import ERASED, Erased
from feedback_loop.contracts.tables import TABLES, python_tables
from feedback_loop.methods.erasure.scrubbing import emptied_clusters, names_any, needed_columns, scrubbed_json, without
from feedback_loop_tests.contracts.rows import frame_of

ISSUE, CLUSTER, FRAGMENT = TABLES["gold_issue"], TABLES["analysis_cluster"], TABLES["silver_fragment"]
WORDING = TABLES["gold_issue_wording"]
IDS = st.lists(st.sampled_from([f"f{n}" for n in range(6)]), unique=True, max_size=6)


@given(IDS, IDS, IDS)
def test_lists_and_the_texts_beside_them_lose_the_same_places(listed: list[str], quoted: list[str], gone: list[str]) -> None:
    row = {"day_fragment_ids": listed, "quote_fragment_ids": quoted, "quotes": [f"text of {one}" for one in quoted], "fragment_count": 9}
    left, removed, changed = without(frame_of(ISSUE, row), ISSUE, Erased(fragment_ids=frozenset(gone)))
    kept = [one for one in quoted if one not in gone]
    assert (left["quote_fragment_ids"][0].to_list(), left["quotes"][0].to_list()) == (kept, [f"text of {one}" for one in kept])
    assert left["day_fragment_ids"][0].to_list() == [one for one in listed if one not in gone]
    assert left["fragment_count"].to_list() == [9]
    assert (removed, changed) == (0, int(bool({*listed, *quoted} & {*gone})))


@pytest.mark.parametrize("table", python_tables(), ids=lambda table: table.name)
def test_a_table_without_anything_of_the_erased_stays_as_it_is(table: object) -> None:
    named = next(t for t in python_tables() if t is table)
    frame = frame_of(named, {}, {named.key[0]: frame_of(named, {})[named.key[0]][0]})
    erased = Erased(customer_ids=frozenset({"nobody"}), fragment_ids=frozenset({"nothing"}), label_terms=frozenset({"never"}))
    left, removed, changed = without(frame, named, erased)
    assert left.equals(frame)
    assert (removed, changed) == (0, 0)


def test_rows_go_by_their_customer_or_by_their_own_id() -> None:
    rows = frame_of(FRAGMENT, {"fragment_id": "a", "customer_id": "c"}, {"fragment_id": "b", "customer_id": None}, {"fragment_id": "d"})
    left, removed, _ = without(rows, FRAGMENT, Erased(customer_ids=frozenset({"c"}), fragment_ids=frozenset({"b"})))
    assert (left["fragment_id"].to_list(), removed) == (["d"], 2)


def test_a_repetition_of_an_erased_fragment_is_the_first_to_say_it() -> None:
    rows = frame_of(FRAGMENT, {"fragment_id": "a", "duplicate_of": "b"}, {"fragment_id": "c", "duplicate_of": "d"})
    left, _, changed = without(rows, FRAGMENT, Erased(fragment_ids=frozenset({"b"})))
    assert (left["duplicate_of"].to_list(), changed) == ([None, "d"], 1)


def test_a_cluster_of_erased_members_alone_goes_with_its_centroid() -> None:
    rows = frame_of(CLUSTER, {"cluster_id": "a", "member_fragment_ids": ["f1"]}, {"cluster_id": "b", "member_fragment_ids": ["f1", "f2"]})
    erased = Erased(fragment_ids=frozenset({"f1"}))
    left, removed, changed = without(rows, CLUSTER, erased)
    assert (left["cluster_id"].to_list(), removed, changed) == (["b"], 1, 1)
    assert emptied_clusters(rows, CLUSTER, erased) == {"a"}


def test_what_a_language_model_made_of_an_erased_text_and_others_goes_whole() -> None:
    rows = frame_of(
        WORDING, {"issue_id": "a", "worded_fragment_ids": ["f1", "f2"]}, {"issue_id": "b", "worded_fragment_ids": ["f2"]}, {"issue_id": "c"}
    )
    left, removed, changed = without(rows, WORDING, Erased(fragment_ids=frozenset({"f1"})))
    assert (left["issue_id"].to_list(), removed, changed) == (["b", "c"], 1, 0)


@pytest.mark.parametrize(("label", "left"), [("gallery, walrus", "gallery"), ("walrus", ERASED), ("gallery", "gallery")])
def test_a_label_loses_the_words_that_nobody_else_said(label: str, left: str) -> None:
    rows = frame_of(ISSUE, {"issue_label": label})
    assert without(rows, ISSUE, Erased(label_terms=frozenset({"walrus"})))[0]["issue_label"].to_list() == [left]


def test_json_loses_ids_from_lists_and_where_they_stand_alone() -> None:
    text = '{"samples": ["f1", "f2"], "first": "f1", "count": 2}'
    assert scrubbed_json(text, frozenset({"f1"})) == '{"count":2,"first":"[erased]","samples":["f2"]}'
    assert scrubbed_json(text, frozenset({"f3"})) == text
    assert names_any({"a": [{"b": "f1"}]}, frozenset({"f1"}))
    assert not names_any({"a": [{"b": 1}]}, frozenset({"f1"}))


def test_the_columns_that_are_needed_hold_key_and_partition() -> None:
    for table in python_tables():
        needed = needed_columns(table)
        assert {*table.key, table.partition} <= set(needed)
        assert "centroid" not in needed
        narrow = frame_of(table, {}).select(needed)
        assert without(narrow, table, Erased(fragment_ids=frozenset({"fragment_1"})))[0].equals(narrow)


def test_a_null_list_stays_null() -> None:
    frame = frame_of(ISSUE, {"quote_fragment_ids": ["f1"], "quotes": ["t"]}).with_columns(day_fragment_ids=pl.lit(None, pl.List(pl.String)))
    left, _, _ = without(frame, ISSUE, Erased(fragment_ids=frozenset({"f1"})))
    assert left["day_fragment_ids"].to_list() == [None]
