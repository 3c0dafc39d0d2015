"""The first tables of the state store, and the triggers that keep facts as they were written.

Written out, not taken from the schema of today: a revision stays what it was when it was released.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TEXT, _INT, _REAL, _FLAG, _INSTANT = sa.Text(), sa.Integer(), sa.Float(), sa.Boolean(), sa.String(27)
_FORBIDDEN = {
    "audit_record": ("UPDATE", "DELETE"),
    "approval": ("UPDATE", "DELETE"),
    "proposal_event": ("UPDATE", "DELETE"),
    "issue_status": ("UPDATE", "DELETE"),
    "label": ("UPDATE", "DELETE"),
    "threshold": ("UPDATE", "DELETE"),
    "audit_content": ("UPDATE",),
}
"""What a customer may have erased can be deleted, never changed."""


def upgrade() -> None:
    """Makes the tables and their triggers."""
    _decisions()
    _facts()
    _audit()
    for table, operations in _FORBIDDEN.items():
        for operation in operations:
            _forbid(table, operation)


def downgrade() -> None:
    """Nothing: the first revision is never taken back, for it would delete what people decided."""


def _table(name: str, keys: tuple[str, ...], columns: dict[str, Any], nullable: tuple[str, ...] = ()) -> None:
    made = [
        sa.Column(
            column, kind, primary_key=column in keys, nullable=column in nullable, autoincrement=column in ("event_id", "approval_id")
        )
        for column, kind in columns.items()
    ]
    op.create_table(name, *made)


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, _TEXT)


def _decisions() -> None:
    _table(
        "proposal",
        ("proposal_id",),
        {
            **_texts("proposal_id", "alert_id", "product", "proposed_issue_id", "proposed_hypothesis_id", "playbook_id"),
            **_texts("playbook_version", "policy_version", "action_kind", "action_target", "action_arguments", "arguments_hash"),
            **_texts("evidence_hash", "risk_level"),
            "confidence_score": _REAL,
            "proposal_threshold_score": _REAL,
            "approvals_required_count": _INT,
            "approvals_given_count": _INT,
            **_texts("proposal_status", "refusal_reason"),
            "is_executable": _FLAG,
            "is_dry_run": _FLAG,
            "requested_by": _TEXT,
            "proposed_at": _INSTANT,
            "decided_at": _INSTANT,
            "expires_at": _INSTANT,
            **_texts("approver_roles", "evidence"),
        },
        ("proposed_issue_id", "proposed_hypothesis_id", "refusal_reason", "decided_at"),
    )
    _table(
        "proposal_event",
        ("event_id",),
        {
            "event_id": _INT,
            **_texts("proposal_id", "proposal_status", "refusal_reason"),
            "approvals_given_count": _INT,
            "is_dry_run": _FLAG,
            "changed_at": _INSTANT,
        },
        ("refusal_reason",),
    )
    _table(
        "approval",
        ("approval_id",),
        {
            "approval_id": _INT,
            **_texts("proposal_id", "person", "approval_verdict", "arguments_hash"),
            "given_at": _INSTANT,
            "why": _TEXT,
        },
    )
    _table(
        "outbox",
        ("action_id",),
        {
            **_texts("action_id", "proposal_id", "idempotency_key", "connector", "action_kind", "action_target", "action_status"),
            "receipt_id": _TEXT,
            "attempt_count": _INT,
            "is_dry_run": _FLAG,
            "queued_at": _INSTANT,
            "executed_at": _INSTANT,
            "action_arguments": _TEXT,
            "claimed_at": _INSTANT,
        },
        ("receipt_id", "executed_at", "claimed_at"),
    )


def _facts() -> None:
    _table(
        "message_draft",
        ("message_draft_id",),
        {
            **_texts("message_draft_id", "proposal_id", "proposed_issue_id", "message_kind", "message_status"),
            **_texts("recipient_customer_id", "language", "message_text"),
            "drafted_at": _INSTANT,
            "sent_at": _INSTANT,
            "confirmed_at": _INSTANT,
        },
        ("proposed_issue_id", "language", "sent_at", "confirmed_at"),
    )
    status = {**_texts("status_id", "issue_id", "issue_status"), "changed_at": _INSTANT, "changed_by": _TEXT}
    _table("issue_status", ("status_id",), status, ("issue_status",))
    label = {
        **_texts("label_id", "fragment_id", "labelled_class", "labelled_by"),
        "labelled_at": _INSTANT,
        "taxonomy_version": _TEXT,
    }
    _table("label", ("label_id",), label)
    threshold = {
        **_texts("threshold_id", "playbook_id"),
        "threshold_score": _REAL,
        "precision_share": _REAL,
        "judged_count": _INT,
        "promoted_by": _TEXT,
        "effective_at": _INSTANT,
    }
    _table("threshold", ("threshold_id",), threshold, ("precision_share",))
    move = {
        **_texts("batch_id", "case_id", "from_queue", "from_owner"),
        "from_version": _INT,
        "to_queue": _TEXT,
        "status": _TEXT,
        "after_version": _INT,
    }
    _table("case_move", ("batch_id", "case_id"), move, ("after_version",))


def _audit() -> None:
    record = {
        "sequence": _INT,
        "recorded_at": _INSTANT,
        **_texts("event", "subject_id", "actor", "commitment", "previous_hash", "record_hash"),
    }
    _table("audit_record", ("sequence",), record)
    _table("audit_content", ("sequence",), {"sequence": _INT, **_texts("salt", "content")})


def _forbid(table: str, operation: str) -> None:
    name, message = f"{table}_forbids_{operation.lower()}", f"{table} is insert-only"
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
