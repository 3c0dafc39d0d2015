"""Which version of which document may ground something: the last that landed, in force, approved, and nobody's predecessor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.knowledge import Reader
from feedback_loop.methods.retrieval.governed import in_force, may_ground, readable, standings, valid_versions
from feedback_loop_tests.fakes import START
from feedback_loop_tests.methods.retrieval.made_up_documents import Row, days, document, documents

INSTANT = timedelta(microseconds=1)


def standing(*rows: Row, of: str = "pay") -> str:
    """Of the latest version of the document."""
    found = standings(documents(*rows), START).filter(document_id=of)
    return str(found["document_standing"][-1])


def ids(frame: pl.DataFrame) -> list[str]:
    return frame["document_id"].to_list()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "in_force"),
        ({"valid_until_at": None}, "undated"),
        ({"valid_until_at": START}, "expired"),
        ({"valid_until_at": START + INSTANT}, "in_force"),
        ({"started_at": START}, "in_force"),
        ({"started_at": START + INSTANT}, "not_yet_valid"),
        ({"document_status": "approved"}, "in_force"),
        ({"document_status": "draft"}, "draft"),
        ({"document_status": "withdrawn"}, "withdrawn"),
        ({"supersedes_document_id": "pay"}, "in_force"),
    ],
)
def test_a_document_is_in_force_between_its_instants_if_it_is_approved(changes: dict[str, Any], expected: str) -> None:
    assert standing(document(**changes)) == expected


def test_the_version_that_landed_last_counts_and_hides_the_others_even_when_it_may_not_be_used() -> None:
    for changes in ({"started_at": days(1)}, {"document_status": "draft"}, {"valid_until_at": None}):
        rows = documents(document(), document(version="v2", landed_at=days(-1), **changes))
        assert standings(rows, START)["document_standing"][0] == "older_version"
        assert in_force(rows, START).is_empty()
        assert in_force(rows, days(-2))["document_version"].to_list() == ["pay v1"]


def test_versions_that_landed_together_are_told_apart_by_their_begin_and_then_by_their_id() -> None:
    rows = [document(version="v1", started_at=days(-3)), document(version="v0", started_at=days(-4)), document(version="v2")]
    for shuffled in (rows, rows[::-1]):
        assert in_force(documents(*shuffled), START)["document_version"].to_list() == ["pay v1"]


def test_what_landed_after_the_instant_is_not_known() -> None:
    later = document(version="v2", landed_at=START + INSTANT, document_status="withdrawn")
    assert in_force(documents(document(), later), START)["document_version"].to_list() == ["pay v1"]
    assert in_force(documents(document(), later), START + INSTANT).is_empty()


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ({}, "superseded"),
        ({"valid_until_at": days(-1)}, "superseded"),
        ({"document_status": "withdrawn"}, "superseded"),
        ({"document_status": "draft"}, "in_force"),
        ({"started_at": days(1)}, "in_force"),
        ({"landed_at": days(1)}, "in_force"),
    ],
)
def test_another_document_takes_its_place_once_that_has_begun_and_gives_it_back_to_nobody(newer: dict[str, Any], expected: str) -> None:
    assert standing(document(), document("new", supersedes_document_id="pay", **newer)) == expected


def test_a_draft_of_the_successor_brings_nobody_back_and_an_approved_version_without_the_claim_does() -> None:
    first = document("new", supersedes_document_id="pay")
    draft = document("new", version="v2", landed_at=days(-2), document_status="draft")
    assert standing(document(), first, draft) == "superseded"
    assert standing(document(), first, draft | {"document_status": "approved"}) == "in_force"


def test_two_that_take_each_others_place_are_both_out() -> None:
    rows = [document("a", supersedes_document_id="b"), document("b", supersedes_document_id="a")]
    assert (standing(*rows, of="a"), standing(*rows, of="b")) == ("superseded", "superseded")


@pytest.mark.parametrize(
    ("audience", "roles", "is_seen"),
    [
        (["public"], (), True),
        (["staff"], (), True),
        (["ops"], (), False),
        (["ops"], ("ops",), True),
        (["finance", "ops"], ("ops",), True),
        (None, (), False),
        (None, ("ops",), False),
        ([], ("ops",), False),
        (None, ("support-operations",), True),
        (["ops"], ("support-operations",), True),
    ],
)
def test_a_reader_sees_what_names_an_audience_of_his_and_an_owner_what_is_his(
    audience: list[str] | None, roles: tuple[str, ...], is_seen: bool
) -> None:
    found = readable(documents(document(audience_roles=audience)), Reader(START, frozenset(roles)))
    assert ids(found) == (["pay"] if is_seen else [])


def test_an_owner_who_is_called_staff_gives_nothing_to_all_staff() -> None:
    assert readable(documents(document(owner="staff", audience_roles=None)), Reader(START)).is_empty()


def test_a_reader_of_one_product_is_given_documents_of_that_product() -> None:
    rows = documents(document("a"), document("b", product="Other"))
    assert ids(may_ground(rows, Reader(START, product="Other"))) == ["b"]
    assert ids(may_ground(rows, Reader(START))) == ["a", "b"]


def test_the_versions_of_ids_are_those_in_force() -> None:
    rows = documents(document("a"), document("b", valid_until_at=None))
    assert valid_versions(rows, ["a", "b", "c"], START) == {"a": "a v1", "b": None, "c": None}


def test_no_document_is_in_force_where_there_is_none() -> None:
    assert in_force(documents(), START).is_empty()


AT = st.integers(-100, 100).map(days)
ROWS = st.lists(
    st.builds(
        lambda name, version, **said: document(name, version, **said),
        st.sampled_from("abc"),
        st.uuids().map(str),
        started_at=AT,
        valid_until_at=st.none() | AT,
        landed_at=AT,
        document_status=st.sampled_from([None, "approved", "draft", "withdrawn"]),
        supersedes_document_id=st.none() | st.sampled_from("abc"),
    ),
    max_size=8,
)


@given(ROWS, AT)
def test_nothing_out_of_date_unapproved_or_unknown_is_ever_in_force(rows: list[Row], at: Any) -> None:
    found = in_force(documents(*rows), at)
    assert found["document_id"].is_unique().all()
    for row in found.iter_rows(named=True):
        assert row["landed_at"] <= at
        assert row["started_at"] <= at < row["valid_until_at"]
        assert row["document_status"] in (None, "approved")
        assert not any(other["landed_at"] > row["landed_at"] for other in rows if _is_known_version(other, row, at))


@given(ROWS, AT)
def test_the_past_is_the_same_whatever_landed_since(rows: list[Row], at: Any) -> None:
    known = [row for row in rows if row["landed_at"] <= at]
    assert standings(documents(*rows), at).equals(standings(documents(*known), at))


def _is_known_version(other: Row, row: Row, at: Any) -> bool:
    return bool(other["document_id"] == row["document_id"] and other["landed_at"] <= at)
