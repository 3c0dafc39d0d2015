"""The migrations make exactly the tables that the store uses, and triggers keep the facts."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.state_store import engine as engine_module
from feedback_loop.adapters.state_store.engine import open_engine, writing
from feedback_loop.adapters.state_store.migrations.versions import (
    automatic_gates,
    autonomy,
    callbacks,
    erasable_labels,
    hypothesis_labels,
    initial,
    like_sqlite,
    model_calls,
    model_history,
)
from feedback_loop.adapters.state_store.schema import _WHOLE, HEAD, METADATA, Instant, Words
from feedback_loop.adapters.state_store.snapshots import BEGINS
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.fakes import START

VALUES: tuple[tuple[type, Any], ...] = ((Instant, START), (sa.Boolean, True), (sa.Integer, 1), (sa.Float, 1.0))
INSERT_ONLY = (
    "audit_record",
    "approval",
    "proposal_event",
    "issue_status",
    "model_event",
    "gate",
    "autonomy",
    "callback",
    "threshold",
    "hypothesis_label",
)
ERASABLE = ("audit_content", "label")
"""What customers said; all other facts can't even be deleted."""

PLACE = Path(engine_module.__file__).with_name("migrations")


@pytest.fixture
def engine(state_url: str) -> sa.Engine:
    return open_engine(state_url)


def test_the_migrations_make_the_schema_of_today(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_head_names_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(PLACE))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.parametrize("operation", ["UPDATE {} SET {}={}", "DELETE FROM {}"])
@pytest.mark.parametrize("table", INSERT_ONLY)
def test_a_fact_can_be_neither_changed_nor_deleted(engine: sa.Engine, table: str, operation: str) -> None:
    columns = METADATA.tables[table].c
    row = {c.name: next((value for kind, value in VALUES if isinstance(c.type, kind)), "x") for c in columns}
    with writing(engine).begin() as connection:
        connection.execute(METADATA.tables[table].insert(), [row])
    first = next(iter(columns)).name
    with pytest.raises(sa.exc.DBAPIError, match="insert-only"), writing(engine).begin() as connection:
        connection.exec_driver_sql(operation.format(table, first, first))


@pytest.mark.parametrize("table", ERASABLE)
def test_what_customers_said_can_be_erased_and_never_changed(engine: sa.Engine, table: str) -> None:
    columns = METADATA.tables[table].c
    row = {c.name: next((value for kind, value in VALUES if isinstance(c.type, kind)), "x") for c in columns}
    with writing(engine).begin() as connection:
        connection.execute(METADATA.tables[table].insert(), [row])
    first = next(iter(columns)).name
    with pytest.raises(sa.exc.DBAPIError, match="insert-only"), writing(engine).begin() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {first}={first}")
    with writing(engine).begin() as connection:
        assert connection.exec_driver_sql(f"DELETE FROM {table}").rowcount == 1


@pytest.mark.parametrize("table", [*INSERT_ONLY, *ERASABLE])
def test_a_table_of_facts_can_not_be_emptied_at_once(postgres_url: str, table: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="insert-only"), writing(open_engine(postgres_url)).begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table}")


def test_postgresql_gets_the_same_tables_and_triggers_in_its_own_words() -> None:
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    with Operations.context(context):
        initial.upgrade()
        erasable_labels.upgrade()
        model_calls.upgrade()
        model_history.upgrade()
        automatic_gates.upgrade()
        hypothesis_labels.upgrade()
        autonomy.upgrade()
        like_sqlite.upgrade()
        callbacks.upgrade()
    said = written.getvalue()
    assert [name for name in METADATA.tables if f"CREATE TABLE {name} (" not in said] == []
    for table in INSERT_ONLY:
        for operation in ("UPDATE", "DELETE"):
            assert f"BEFORE {operation} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_forbids_{operation.lower()}()" in said
        assert f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_forbids_truncate()" in said
    assert "DROP TRIGGER label_forbids_delete ON label;" in said


@pytest.mark.parametrize("name", BEGINS)
def test_a_snapshot_knows_its_instant(name: str) -> None:
    assert BEGINS[name] in TABLES[name].columns


def test_an_instant_comes_back_as_it_was() -> None:
    kind = Instant()
    text = kind.process_bind_param(START, None)
    assert text is not None
    assert len(text) == 27
    assert kind.process_result_value(text, None) == START
    assert kind.process_bind_param(None, None) is None


HELD = sa.Table("held", sa.MetaData(), sa.Column("n", _WHOLE, primary_key=True), sa.Column("text", Words()), sa.Column("at", Instant()))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\ue00001"))
INSTANTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone


@given(texts=st.lists(TEXTS, min_size=1, max_size=30), instants=st.lists(INSTANTS, min_size=1, max_size=30))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_comes_back_as_it_was(engine: sa.Engine, texts: list[str], instants: list[datetime]) -> None:
    rows = [{"n": 2**62 + n, "text": text, "at": at} for n, (text, at) in enumerate(zip_longest(texts, instants))]
    with writing(engine).begin() as connection:
        HELD.create(connection, checkfirst=True)
        connection.execute(HELD.insert(), rows)
        assert [dict(row) for row in connection.execute(HELD.select().order_by(HELD.c.n)).mappings()] == rows
        wanted = HELD.select().where(HELD.c.text.in_(texts[:9]))
        assert {row.text for row in connection.execute(wanted)} == set(texts[:9])
        connection.execute(HELD.delete())
