"""What statements say, typed: one row a statement, and the latest known of each thing at any instant."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.bronze import context
from feedback_loop.bronze.context import latest_known
from feedback_loop.bronze.landing import landing_batch, landing_batch_of
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.bronze.rows import LANDED, context_statement

AT = datetime(2026, 1, 2, 23, 59, 59, 5, tzinfo=UTC)
SAID: dict[ContextKind, dict[str, Any]] = {
    ContextKind.CHANGE: {"change_id": "c1", "change_kind": "deploy", "product": "Acme", "started_at": AT, "scope": {"region": ["eu"]}},
    ContextKind.INCIDENT: {"incident_id": "i1", "product": "Acme", "started_at": AT, "scope": {}, "known_severity": "high"},
    ContextKind.CUSTOMER: {"known_customer_id": "u1", "product": "Acme", "stated_at": AT, "consent": "yes", "monthly_revenue_usd": 12.5},
    ContextKind.BUSINESS_EVENT: {"business_event_id": "e1", "business_event_kind": "refund", "product": "Acme", "occurred_at": AT},
    ContextKind.DOCUMENT: {
        "document_id": "kb", "document_kind": "kb_article", "document_title": "T", "document_text": "# T", "document_version": "v",
        "product": "Acme", "owner": "support", "started_at": AT, "audience_roles": ["ops", "staff"],
    },
}  # fmt: skip
DERIVED = {
    ContextKind.CHANGE: ("context_change", context.context_changes),
    ContextKind.INCIDENT: ("context_incident", context.context_incidents),
    ContextKind.CUSTOMER: ("context_customer", context.context_customers),
    ContextKind.BUSINESS_EVENT: ("context_business_event", context.context_business_events),
    ContextKind.DOCUMENT: ("context_document", context.context_documents),
}
ALL = landing_batch([context_statement(said, context_kind=kind) for kind, said in SAID.items()], LANDED).statements


def change(**said: Any) -> pl.DataFrame:
    rows = landing_batch([context_statement(SAID[ContextKind.CHANGE] | said)], LANDED).statements
    return context.context_changes(rows)


@pytest.mark.parametrize("kind", ContextKind)
def test_each_kind_becomes_its_own_table_and_no_other(kind: ContextKind) -> None:
    name, derive = DERIVED[kind]
    rows = derive(ALL)
    assert violations(rows, TABLES[name]) == []
    assert rows.height == 1
    assert rows["statement_id"].item() == context_statement(SAID[kind], context_kind=kind).statement_id
    assert (rows["landed_at"].item(), rows["event_date"].item()) == (LANDED, AT.date())


@pytest.mark.parametrize("kind", ContextKind)
def test_no_statements_are_an_empty_table(kind: ContextKind) -> None:
    name, derive = DERIVED[kind]
    assert derive(ALL.clear()).schema == pl.Schema(TABLES[name].schema)


def test_values_keep_their_types_and_what_is_not_said_is_null() -> None:
    row = context.context_customers(ALL).row(0, named=True)
    assert (row["consent"], row["monthly_revenue_usd"], row["renews_at"], row["tier"]) == ("yes", 12.5, None, None)
    assert context.context_documents(ALL)["started_at"].item() == AT
    assert context.context_incidents(ALL)["known_severity"].item() == "high"
    assert context.context_documents(ALL)["audience_roles"].to_list() == [["ops", "staff"]]
    assert context.context_documents(ALL)["supersedes_document_id"].item() is None


@pytest.mark.parametrize("text", ["null", "true", "12", "{}", ' "quoted" \\ and\nbroken', "ünï 🖨 \u2028", "$.x"])
def test_text_comes_back_as_it_was_said(text: str) -> None:
    assert change(change_description=text)["change_description"].item() == text


@given(
    st.dictionaries(st.sampled_from(["region", "browser", "tier"]), st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
)
def test_a_scope_comes_back_as_json_that_says_the_same(scope: dict[str, list[str]]) -> None:
    assert json.loads(change(scope=scope)["scope"].item()) == scope


def test_several_statements_about_one_change_stay_several_rows() -> None:
    later = SAID[ContextKind.CHANGE] | {"ended_at": AT + timedelta(hours=1)}
    rows = landing_batch([context_statement(SAID[ContextKind.CHANGE]), context_statement(later)], LANDED).statements
    assert context.context_changes(rows)["ended_at"].sort().to_list() == [None, AT + timedelta(hours=1)]


def test_latest_known_is_the_last_that_had_landed_by_the_instant() -> None:
    texts = ["first", "second", "third"]
    arrivals = [
        (LANDED + timedelta(days=n), [context_statement(SAID[ContextKind.CHANGE] | {"change_description": text})])
        for n, text in enumerate(texts)
    ]
    rows = context.context_changes(landing_batch_of(arrivals).statements)
    known = [latest_known(rows, "change_id", LANDED + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert [frame["change_description"].to_list() for frame in known] == [[], ["first"], ["second"], ["third"]]
    assert latest_known(rows, "change_id", LANDED + timedelta(days=1, microseconds=-1))["change_description"].item() == "first"
    assert latest_known(rows, "change_id")["change_description"].item() == "third"


def test_statements_of_one_instant_are_told_apart_by_their_ids_whatever_their_order() -> None:
    rows = pl.concat([change(change_description=text) for text in "abc"])
    expected = rows.sort("statement_id")["change_description"][-1]
    assert {latest_known(rows.sample(fraction=1, shuffle=True, seed=n), "change_id")["change_description"].item() for n in range(6)} == {
        expected
    }


def test_things_of_other_ids_are_kept_apart_and_in_order() -> None:
    rows = pl.concat([change(change_id=name) for name in ("b", "a", "c")])
    assert latest_known(rows, "change_id")["change_id"].to_list() == ["a", "b", "c"]


def test_statement_is_filed_under_the_utc_day_of_what_it_tells() -> None:
    assert change(started_at=datetime(2026, 3, 1, tzinfo=UTC))["event_date"].item() == date(2026, 3, 1)
