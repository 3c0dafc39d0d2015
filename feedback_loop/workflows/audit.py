"""The audit trail as operators use it: is it whole, what does it say of a subject, and all of it for somebody outside.

How a trail is sealed and verified stands in `remediation/audit.py`. The rule that is easy to break: whoever carries something out calls
`require_whole` first, so that nothing is done on top of a trail that somebody altered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditRecord
from feedback_loop.contracts.canonical import instant_text
from feedback_loop.errors import AuditChainBroken
from feedback_loop.ports import AuditLog, StateStore
from feedback_loop.remediation.attested import contradictions
from feedback_loop.remediation.audit import erased, replaced, verify


@dataclass(frozen=True)
class AuditReport:
    """What verifying the trail found."""

    record_count: int
    anchor: Anchor | None
    breaks: tuple[AuditBreak, ...]
    erased: tuple[int, ...]


@dataclass(frozen=True)
class AuditLine:
    """A record with its content; None where that was erased."""

    record: AuditRecord
    salt: str | None
    content: Mapping[str, object] | None


def verified(log: AuditLog, state: StateStore | None = None) -> AuditReport:
    """What of the trail is not as it was sealed, and what was erased; with a state also where its rows contradict the trail."""
    # The anchor first: a record that is added meanwhile is then one after the anchor, which is no break.
    anchor, anchors = log.anchor(), log.anchors()
    records, contents = log.records(), log.contents()
    earlier = replaced(records, [known for known in anchors if known != anchor])
    breaks = [*verify(records, contents, anchor), *earlier, *(contradictions(*state.decided_and_told()) if state else [])]
    return AuditReport(len(records), anchor, tuple(breaks), tuple(erased(records, contents)))


def require_whole(log: AuditLog, state: StateStore | None = None) -> None:
    """Raises AuditChainBroken where the trail is not as it was sealed, the rows of a state contradict it, or no anchor is left of it."""
    report = verified(log, state)
    if report.breaks:
        raise AuditChainBroken([str(found) for found in report.breaks])
    if report.record_count and report.anchor is None:
        raise AuditChainBroken(["no anchor says where the trail ends. Bring the file of anchors back from a backup"])


def lines_of(log: AuditLog, subject_id: str | None = None) -> list[AuditLine]:
    """The records about the subject, or all, in their order."""
    contents = log.contents()
    wanted = (record for record in log.records() if subject_id in (None, record.subject_id))
    return [AuditLine(record, *contents.get(record.sequence, (None, None))) for record in wanted]


def exported(log: AuditLog) -> Iterator[dict[str, Any]]:
    """Every record as it was hashed, with salt and content: all that somebody needs who wants to verify it without this platform."""
    for line in lines_of(log):
        fields = {**vars(line.record), "recorded_at": instant_text(line.record.recorded_at)}
        yield {**fields, "salt": line.salt, "content": line.content, "is_erased": line.content is None}
