"""Whether the thresholds, the words on autonomy and the gates are those that the audit trail recorded.

They say how far the loop may go, so that a row written past the trail, one that was changed or one that was taken away would let it go
further. Proposals and approvals are held against the trail in `attested`. The rule that is easy to break: the trail holds the hash of rows
that were recorded together, so that they are hashed together here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feedback_loop.contracts.audit_trail import AuditBreak, AuditRecord, Content
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput

Row = Mapping[str, Any]

RECORDED_AS: Mapping[str, str] = {
    "state_threshold": "threshold_recorded",
    "state_autonomy": "autonomy_recorded",
    "state_gate": "gate_recorded",
}
"""The event under which rows of each of these tables are recorded."""


def unattested(
    rows: Mapping[str, Sequence[Row]], records: Sequence[AuditRecord], contents: Mapping[int, tuple[str, Content]]
) -> list[AuditBreak]:
    """Where a row of one of the tables is not as it was recorded, is gone, or was never recorded; rows are by the table's name."""
    return [found for name, event in RECORDED_AS.items() for found in _of_table(name, event, rows[name], records, contents)]


def _of_table(
    name: str, event: str, rows: Sequence[Row], records: Sequence[AuditRecord], contents: Mapping[int, tuple[str, Content]]
) -> Iterator[AuditBreak]:
    table = TABLES[name]
    (key,), kept = table.key, [column for column in table.columns if column != table.partition]
    held, known = {str(row[key]): {column: row[column] for column in kept} for row in rows}, set[str]()
    for record in (one for one in records if one.event == event):
        said = contents[record.sequence][1] if record.sequence in contents else {"ids": [record.subject_id]}
        ids = [str(one) for one in said["ids"]]  # type: ignore[attr-defined]
        known |= set(ids)
        if not all(one in held for one in ids):
            yield _break(record.sequence, f"a row of {name} that it recorded is gone")
        elif "rows_hash" in said and said["rows_hash"] != _hash([held[one] for one in sorted(ids)]):
            yield _break(record.sequence, f"a row of {name} is not the one that was recorded")
    for one in sorted(held.keys() - known):
        yield _break(0, f"nobody recorded {one} of {name}")


def _hash(rows: list[dict[str, Any]]) -> str | None:
    try:
        return content_hash(canonical_json(rows))
    except BadInput:
        return None


def _break(sequence: int, what: str) -> AuditBreak:
    return AuditBreak(AuditBreakKind.CONTRADICTED, sequence, what)
