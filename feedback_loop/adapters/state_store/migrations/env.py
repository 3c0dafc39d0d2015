"""What Alembic runs: the revisions, on the connection and in the transaction of whoever opens the store."""

from __future__ import annotations

from alembic import context

from feedback_loop.adapters.state_store.schema import METADATA


def _run() -> None:
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


_run()
