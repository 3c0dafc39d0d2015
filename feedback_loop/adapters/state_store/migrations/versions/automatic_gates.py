"""Gates of the automatic route: who put which in force, on which figures. A row that nobody can change or delete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TABLE = "gate"
_TEXTS = ("classifier_version", "gate_class", "gate_verdict", "gate_why", "gated_by")
_COUNTS = (
    "gate_label_count", "gate_passed_count", "gate_right_count", "class_label_count", "class_passed_count", "class_right_count",
    "labels_needed_count",
)  # fmt: skip


def upgrade() -> None:
    """Makes the table with its triggers."""
    op.create_table(
        _TABLE,
        sa.Column("gate_id", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("gate_scope", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("gate_score", "precision_low_share")),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("target_precision_share", "delta_share")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("gated_at", sa.String(27), nullable=False),
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
