"""Whose a statement is, and when it was said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from feedback_loop.contracts.tables import python_tables
from feedback_loop.methods.erasure.row_owners import OWNERS, said, statement_instant, statement_owner

NOON = "2026-01-02T12:00:00.000000Z"


def of(statement: dict[str, object], asked: pl.Expr) -> object:
    return pl.DataFrame({"statement": [json.dumps(statement)]}).select(asked).item()


@pytest.mark.parametrize(
    ("statement", "owner"),
    [({"known_customer_id": "a"}, "a"), ({"customer_id": "b"}, "b"), ({"customer_id": None, "kind": "refund"}, None), ({}, None)],
)
def test_a_statement_is_of_whom_it_names(statement: dict[str, object], owner: str | None) -> None:
    assert of(statement, statement_owner()) == owner


@pytest.mark.parametrize("name", ["stated_at", "occurred_at"])
def test_a_statement_was_said_when_it_says_so(name: str) -> None:
    assert of({name: NOON}, statement_instant()) == datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("statement", [{}, {"stated_at": "yesterday"}, {"stated_at": None}])
def test_an_instant_that_is_not_told_is_null(statement: dict[str, object]) -> None:
    assert of(statement, statement_instant()) is None


def test_what_a_statement_does_not_say_is_null() -> None:
    assert (of({"region": "EU"}, said("region")), of({}, said("region"))) == ("EU", None)


def test_every_column_that_names_a_customer_tells_whose_a_row_is() -> None:
    named = {name for table in python_tables() for name in table.columns if name.endswith("customer_id")}
    assert named <= set(OWNERS)
