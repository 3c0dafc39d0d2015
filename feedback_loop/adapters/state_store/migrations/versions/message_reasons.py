"""Messages keep what was approved of them, why nothing was sent, the receipt, and how the customer said that it is mended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_COLUMNS = ("wording_hash", "suppressed_reason", "receipt_id", "confirmation_kind")


def upgrade() -> None:
    """Adds the columns; of earlier messages nothing of it is known."""
    for name in _COLUMNS:
        op.add_column("message_draft", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    """Nothing: it would delete what was approved."""
