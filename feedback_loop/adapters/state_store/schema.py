"""The tables of the state store, as SQLAlchemy knows them; the migrations make them, and a test compares the two.

Columns that a snapshot has are taken from `contracts`, so that their names and types have one source. The rule that is easy to break: a
change here needs a new revision in `migrations/versions`, and `HEAD` names the last.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from feedback_loop.contracts.canonical import instant_text
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.tables import TABLES

HEAD = "0010"
METADATA = sa.MetaData()
_ESCAPE = "\ue000"
"""A private character that no script has; where one stands in a text all the same, it is escaped itself."""

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits everywhere: SQLite's INTEGER has them, and only a key of that name counts by itself there."""


class Instant(sa.TypeDecorator[datetime]):
    """An instant as text of fixed width in UTC, so that every database keeps and orders it alike."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """The text of the instant."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """The instant of the text, in UTC."""
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


class Words(sa.TypeDecorator[str]):
    """A text of any characters. PostgreSQL holds no NUL in a text, so there it is kept as an escape and a digit, which come back as NUL."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """The text as the database holds it."""
        if value is None or dialect.name == "sqlite":
            return value
        return str(value).replace(_ESCAPE, f"{_ESCAPE}1").replace("\0", f"{_ESCAPE}0")

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """The text as it was."""
        if value is None or dialect.name == "sqlite" or _ESCAPE not in value:
            return value
        return value.replace(f"{_ESCAPE}0", "\0").replace(f"{_ESCAPE}1", _ESCAPE)


def _sql_type(dtype: pa.DataType) -> sa.types.TypeEngine[Any]:
    if pa.types.is_timestamp(dtype):
        return Instant()
    if pa.types.is_integer(dtype):
        return _WHOLE
    if pa.types.is_floating(dtype):
        return sa.Float()
    return sa.Boolean() if pa.types.is_boolean(dtype) else Words()


def _contract_columns(table: str) -> list[sa.Column[Any]]:
    """The columns of a contract table without its day, which follows from an instant."""
    contract = TABLES[table]
    fields = [FIELDS[name] for name in contract.columns if name != contract.partition]
    return [sa.Column(f.name, _sql_type(f.dtype), primary_key=f.name in contract.key, nullable=f.is_nullable) for f in fields]


def _text(name: str, *, is_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, Words(), primary_key=is_key, nullable=False)


def _counter(name: str) -> sa.Column[int]:
    return sa.Column(name, _WHOLE, primary_key=True, autoincrement=True)


PROPOSAL = sa.Table("proposal", METADATA, *_contract_columns("remediation_proposal"), _text("approver_roles"), _text("evidence"))
PROPOSAL_EVENT = sa.Table(
    "proposal_event",
    METADATA,
    _counter("event_id"),
    _text("proposal_id"),
    _text("proposal_status"),
    sa.Column("refusal_reason", Words()),
    sa.Column("approvals_given_count", _WHOLE, nullable=False),
    sa.Column("is_dry_run", sa.Boolean(), nullable=False),
    sa.Column("changed_at", Instant(), nullable=False),
)
APPROVAL = sa.Table(
    "approval",
    METADATA,
    _counter("approval_id"),
    _text("proposal_id"),
    _text("person"),
    _text("approval_verdict"),
    _text("arguments_hash"),
    sa.Column("given_at", Instant(), nullable=False),
    _text("why"),
)
ACTION = sa.Table(
    "outbox", METADATA, *_contract_columns("remediation_action"), _text("action_arguments"), sa.Column("claimed_at", Instant())
)
MESSAGE_DRAFT = sa.Table("message_draft", METADATA, *_contract_columns("remediation_message"))
ISSUE_STATUS = sa.Table("issue_status", METADATA, *_contract_columns("state_issue_status"))
LABEL = sa.Table("label", METADATA, *_contract_columns("state_label"))
HYPOTHESIS_LABEL = sa.Table("hypothesis_label", METADATA, *_contract_columns("state_hypothesis_label"))
MODEL_EVENT = sa.Table("model_event", METADATA, *_contract_columns("state_model"))
GATE = sa.Table("gate", METADATA, *_contract_columns("state_gate"))
AUTONOMY = sa.Table("autonomy", METADATA, *_contract_columns("state_autonomy"))
THRESHOLD = sa.Table("threshold", METADATA, *_contract_columns("state_threshold"))
CALLBACK = sa.Table("callback", METADATA, *_contract_columns("state_callback"))
MODEL_CALL = sa.Table("model_call", METADATA, *_contract_columns("state_model_call"))
sa.Index("model_call_asked_at", MODEL_CALL.c.asked_at)
CASE_MOVE = sa.Table(
    "case_move",
    METADATA,
    _text("batch_id", is_key=True),
    _text("case_id", is_key=True),
    _text("from_queue"),
    _text("from_owner"),
    sa.Column("from_version", _WHOLE, nullable=False),
    _text("to_queue"),
    _text("status"),
    sa.Column("after_version", _WHOLE),
)
AUDIT_RECORD = sa.Table(
    "audit_record",
    METADATA,
    sa.Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    sa.Column("recorded_at", Instant(), nullable=False),
    *(_text(name) for name in ("event", "subject_id", "actor", "commitment", "previous_hash", "record_hash")),
)
AUDIT_CONTENT = sa.Table(
    "audit_content",
    METADATA,
    sa.Column("sequence", _WHOLE, primary_key=True, autoincrement=False),
    _text("salt"),
    _text("content"),
)

FACTS = {
    "remediation_message": MESSAGE_DRAFT,
    "state_issue_status": ISSUE_STATUS,
    "state_label": LABEL,
    "state_hypothesis_label": HYPOTHESIS_LABEL,
    "state_model_call": MODEL_CALL,
    "state_model": MODEL_EVENT,
    "state_gate": GATE,
    "state_autonomy": AUTONOMY,
    "state_threshold": THRESHOLD,
    "state_callback": CALLBACK,
}
"""Where the rows of a contract table are kept that others record."""
