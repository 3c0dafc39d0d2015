"""Calls of language models: what was asked of whom, at what cost. They go from asked to their outcome, so no trigger forbids a change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table."""
    texts = ("model_run_id", "model_stage", "model_version", "prompt_version")
    op.create_table(
        "model_call",
        sa.Column("call_id", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("attempt_rank", sa.Integer(), nullable=False),
        sa.Column("call_outcome", sa.Text(), nullable=False),
        sa.Column("input_token_count", sa.Integer()),
        sa.Column("output_token_count", sa.Integer()),
        sa.Column("cost_usd", sa.Float(), nullable=False),
        sa.Column("is_cost_assumed", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.Column("call_ended_at", sa.String(27)),
    )
    op.create_index("model_call_asked_at", "model_call", ["asked_at"])


def downgrade() -> None:
    """Nothing: what was spent stays known."""
