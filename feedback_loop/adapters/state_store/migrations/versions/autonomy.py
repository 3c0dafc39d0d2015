"""How far classes may go by themselves: what people, or the loop, said of it. A row that nobody can change or delete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TABLE = "autonomy"
_TEXTS = ("autonomy_scope", "autonomy_word", "autonomy_why", "changed_by")


def upgrade() -> None:
    """Makes the table with its triggers."""
    op.create_table(
        _TABLE,
        sa.Column("autonomy_id", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("changed_at", sa.String(27), nullable=False),
    )
    for operation in ("UPDATE", "DELETE"):
        _forbid(operation)


def downgrade() -> None:
    """Nothing: it would delete what people decided."""


def _forbid(operation: str) -> None:
    name, message = f"{_TABLE}_forbids_{operation.lower()}", f"{_TABLE} is insert-only"
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {_TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
