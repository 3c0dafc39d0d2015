"""Labels say what they are for and why they were given, and versions of the classifier have a history that nobody can change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXTS = ("model_version", "model_event", "taxonomy_version", "embedding_model_version", "training_data_hash")
_COUNTS = ("held_out_count", "held_out_right_count", "held_out_decided_count", "held_out_decided_right_count")
_TABLE = "model_event"


def upgrade() -> None:
    """Adds the columns, and the table with its triggers; labels that were given before are corrections."""
    op.add_column("label", sa.Column("label_kind", sa.Text(), nullable=False, server_default="correction"))
    op.add_column("label", sa.Column("label_why", sa.Text(), nullable=True))
    op.create_table(
        _TABLE,
        sa.Column("model_event_id", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("gold_label_count", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _COUNTS),
        sa.Column("compared_version", sa.Text(), nullable=True),
        sa.Column("model_metrics", sa.Text(), nullable=False),
        sa.Column("model_event_why", sa.Text(), nullable=True),
        sa.Column("model_event_by", sa.Text(), nullable=False),
        sa.Column("model_event_at", sa.String(27), nullable=False),
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
