"""One change of the state store: a transaction in which rows and their audit records are written together, or not at all.

Here: sealing into the chain, and reading the chain back. How a record is sealed stands in `remediation/audit.py`. The rule that is easy to
break: the last record is read inside of the transaction that writes the next, so that no two follow on the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.state_store.schema import AUDIT_CONTENT, AUDIT_RECORD
from feedback_loop.contracts.audit_trail import AuditEntry, AuditRecord, Content, StoredContent
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.remediation.audit import seal

# Built once: to build a statement takes as long as to execute it.
_LAST = AUDIT_RECORD.select().order_by(AUDIT_RECORD.c.sequence.desc()).limit(1)
_KEEP_RECORD, _KEEP_CONTENT = AUDIT_RECORD.insert(), AUDIT_CONTENT.insert()


@dataclass
class Change:
    """An open write transaction; `sealed` is the last record that it added to the chain."""

    connection: sa.Connection
    draw_salt: Callable[[], str]
    sealed: AuditRecord | None = field(default=None)

    def audit(self, event: str, subject_id: str, actor: str, content: Mapping[str, object], at: datetime) -> None:
        """Adds a record to the chain, and its content beside it."""
        previous, salt = self.sealed or last_record(self.connection), self.draw_salt()
        record = seal(previous, AuditEntry(at, event, subject_id, actor, content), salt)
        self.connection.execute(_KEEP_RECORD, [vars(record)])
        kept = {"sequence": record.sequence, "salt": salt, "content": canonical_json(content).decode()}
        self.connection.execute(_KEEP_CONTENT, [kept])
        self.sealed = record

    def rows(self, statement: sa.Select[Any], **values: object) -> list[dict[str, Any]]:
        """What the statement finds with the values of its parameters."""
        return [dict(row) for row in self.connection.execute(statement, values).mappings()]


def last_record(connection: sa.Connection) -> AuditRecord | None:
    """The end of the chain; None where nothing was recorded yet."""
    row = connection.execute(_LAST).mappings().first()
    return AuditRecord(**row) if row else None


def all_records(connection: sa.Connection) -> list[AuditRecord]:
    """The whole chain in the order of its sequence."""
    rows = connection.execute(AUDIT_RECORD.select().order_by(AUDIT_RECORD.c.sequence)).mappings()
    return [AuditRecord(**row) for row in rows]


def all_contents(connection: sa.Connection) -> dict[int, tuple[str, Content]]:
    """Salt and content by sequence; what was erased is absent."""
    rows = connection.execute(AUDIT_CONTENT.select()).mappings()
    return {row["sequence"]: (row["salt"], StoredContent(row["content"])) for row in rows}


def records_of(connection: sa.Connection, event: str) -> list[tuple[AuditRecord, Mapping[str, object]]]:
    """The records of the event with what they commit to, as far as it was not erased."""
    both = AUDIT_RECORD.join(AUDIT_CONTENT, AUDIT_RECORD.c.sequence == AUDIT_CONTENT.c.sequence)
    wanted = sa.select(*AUDIT_RECORD.c, AUDIT_CONTENT.c.content).select_from(both).where(AUDIT_RECORD.c.event == event)
    rows = connection.execute(wanted.order_by(AUDIT_RECORD.c.sequence)).mappings()
    return [(AuditRecord(**{name: row[name] for name in AUDIT_RECORD.c.keys()}), StoredContent(row["content"])) for row in rows]  # noqa: SIM118
