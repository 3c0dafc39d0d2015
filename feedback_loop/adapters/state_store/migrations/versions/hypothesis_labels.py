"""What people say of hypotheses: rows that nobody can change or delete; the latest of a hypothesis counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TABLE = "hypothesis_label"
_TEXTS = ("hypothesis_id", "alert_id", "product", "cause_kind", "hypothesis_label", "hypothesis_version", "labelled_by")


def upgrade() -> None:
    """Makes the table with its triggers."""
    op.create_table(
        _TABLE,
        sa.Column("label_id", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("cause_id", "label_why")),
        sa.Column("hypothesis_score_applied", sa.Float(), nullable=False),
        sa.Column("labelled_at", sa.String(27), nullable=False),
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
