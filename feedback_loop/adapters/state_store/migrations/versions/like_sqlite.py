"""PostgreSQL keeps what SQLite keeps: whole numbers of 64 bits, texts in the order of their code points; and no table of facts is emptied.

Nothing changes in SQLite, which does all that by itself and has no TRUNCATE.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = (
    "proposal", "proposal_event", "approval", "outbox", "message_draft", "issue_status", "label", "hypothesis_label", "model_event", "gate",
    "threshold", "autonomy", "model_call", "case_move", "audit_record", "audit_content",
)  # fmt: skip
_FACTS = (
    "approval", "audit_content", "audit_record", "autonomy", "gate", "hypothesis_label", "issue_status", "label", "model_event",
    "proposal_event",
    "threshold",
)  # fmt: skip

_ALTER = """
DO $$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name IN ({tables}) AND data_type IN ('text', 'character varying', 'integer')
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE %s', found.table_name, found.column_name,
      CASE found.data_type WHEN 'text' THEN 'text COLLATE "C"' WHEN 'integer' THEN 'bigint' ELSE 'varchar(27) COLLATE "C"' END);
  END LOOP;
  FOR found IN SELECT sequencename FROM pg_sequences
    WHERE schemaname = current_schema() AND sequencename IN ('proposal_event_event_id_seq', 'approval_approval_id_seq')
  LOOP
    EXECUTE format('ALTER SEQUENCE %I AS bigint', found.sequencename);
  END LOOP;
END $$
"""


def upgrade() -> None:
    """Widens the columns of PostgreSQL, and forbids TRUNCATE."""
    if op.get_context().dialect.name == "sqlite":
        return
    op.execute(_ALTER.format(tables=", ".join(f"'{table}'" for table in _TABLES)))
    for table in _FACTS:
        name = f"{table}_forbids_truncate"
        raised = f"RAISE EXCEPTION '{table} is insert-only'"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raised}; END $$")
        op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Nothing: texts and numbers that were written since might not fit."""
