"""Tables are whole: grain, key, order, schema, and how far a late row reaches."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.tables import BOILERPLATE_DAYS, DIMENSIONS, DUPLICATE_DAYS, TABLES, WINDOW_DAYS, Table, marts, python_tables
from feedback_loop.contracts.vocab import Owner

READS_MESSAGES = ("silver_message", "silver_fragment")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_schema_follows_the_columns(table: Table) -> None:
    assert table.schema.names == list(table.columns)
    assert [field.nullable for field in table.schema] == [field.is_nullable for field in table.fields]


def test_every_table_has_one_owner() -> None:
    assert {t.name for t in python_tables()} | {t.name for t in marts()} == set(TABLES)
    assert not {t.name for t in python_tables()} & {t.name for t in marts()}
    assert all((table.owner is Owner.DBT) == name.startswith("mart_") for name, table in TABLES.items())


def test_bronze_is_filed_by_landing_and_everything_later_by_the_event() -> None:
    for table in python_tables():
        assert table.partition == ("landed_date" if table.name.startswith("bronze_") else "event_date"), table.name


def test_every_mart_answers_a_question() -> None:
    assert [table.name for table in marts() if not table.question.endswith("?")] == []


def test_what_the_source_says_is_carried_on_whole() -> None:
    for name in READS_MESSAGES:
        assert set(DIMENSIONS) <= set(TABLES[name].columns)
    assert set(DIMENSIONS) <= set(TABLES["bronze_feedback_record"].columns)


def test_a_table_looks_back_at_least_as_far_as_what_it_reads() -> None:
    # A late mail changes what recurs up to six days on, each of these days' fragments the duplicates of six more, and each of those lies in
    # the window of the four weeks after it.
    assert TABLES["silver_message"].lookback_days == BOILERPLATE_DAYS - 1
    assert TABLES["silver_fragment"].lookback_days == (BOILERPLATE_DAYS - 1) + (DUPLICATE_DAYS - 1)
    for name in ("analysis_cluster", "analysis_alert"):
        assert TABLES[name].lookback_days == (WINDOW_DAYS - 1) + (DUPLICATE_DAYS - 1) + (BOILERPLATE_DAYS - 1)
    assert TABLES["gold_issue"].lookback_days is None
