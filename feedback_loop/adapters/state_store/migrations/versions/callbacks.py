"""Callbacks that vendors made, each once: a row that nobody can change or delete, in PostgreSQL with texts in the order of code points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TABLE = "callback"
_TEXTS = ("callback_vendor", "callback_kind", "callback_outcome")


def upgrade() -> None:
    """Makes the table with its triggers; its key is what makes a second telling of the same event fail."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    order = None if is_sqlite else "C"
    op.create_table(
        _TABLE,
        sa.Column("callback_id", sa.Text(collation=order), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(collation=order), nullable=False) for name in _TEXTS),
        sa.Column("callback_about", sa.Text(collation=order), nullable=True),
        *(sa.Column(name, sa.String(27, collation=order), nullable=False) for name in ("said_at", "heard_at")),
    )
    for operation in ("UPDATE", "DELETE") if is_sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
        _forbid(operation, is_sqlite=is_sqlite)


def downgrade() -> None:
    """Nothing: what was heard once could be told again."""


def _forbid(operation: str, *, is_sqlite: bool) -> None:
    name, message = f"{_TABLE}_forbids_{operation.lower()}", f"{_TABLE} is insert-only"
    if is_sqlite:
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {_TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
