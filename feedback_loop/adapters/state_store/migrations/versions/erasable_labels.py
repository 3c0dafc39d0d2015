"""Labels can be deleted from now on, because what a customer said may have to be erased; changed they can be as little as before."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Takes the trigger away that forbade it."""
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER label_forbids_delete")
        return
    op.execute("DROP TRIGGER label_forbids_delete ON label")
    op.execute("DROP FUNCTION label_forbids_delete()")


def downgrade() -> None:
    """Nothing: what was erased in between would not come back."""
