"""The audit trail as operators use it: is it whole and signed, and what does it say of a subject.

How a trail is sealed and verified stands in `remediation/audit.py`, how it is signed in `remediation/anchors.py`, how it is exported in
`audit_export`. The rule that is easy to break: whoever carries something out calls `require_whole` first, so that nothing is done on top of
a trail that somebody altered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditRecord
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AuditChainBroken
from feedback_loop.ports import AuditLog, StateStore
from feedback_loop.remediation.anchors import broken_signatures, from_before, newest_of, unanchored
from feedback_loop.remediation.attested import Contents, contradictions
from feedback_loop.remediation.attested_rules import RECORDED_AS, unattested
from feedback_loop.remediation.audit import erased, replaced, verify


@dataclass(frozen=True)
class AuditReport:
    """What verifying the trail found."""

    record_count: int
    anchor: Anchor | None
    breaks: tuple[AuditBreak, ...]
    erased: tuple[int, ...]
    key_id: str | None = None
    """The key whose signatures were looked for; None where nothing was ever signed."""
    unsigned_count: int = 0
    """Anchors from before anchors were signed, which the first signed one vouches for."""
    unanchored_count: int = 0
    """Records after the newest anchor: of one change, whose process was stopped before it wrote it."""


@dataclass(frozen=True)
class AuditLine:
    """A record with its content; None where that was erased."""

    record: AuditRecord
    salt: str | None
    content: Mapping[str, object] | None


def verified(
    log: AuditLog, state: StateStore | None = None, *, key: VerifyingKey | None = None, kept: Sequence[Anchor] = (), every: bool = True
) -> AuditReport:
    """What of the trail is not as it was sealed and signed, and what was erased; with a state also where its rows contradict the trail.

    `key` is trusted in the place of the home's own, `kept` are anchors that somebody keeps elsewhere. Without `every` only the newest
    signature is computed: it vouches for all records before it.
    """
    # The anchors first: a record that is added meanwhile is then one after the newest, which is no break.
    of_home, trusted = log.anchors(), key or log.verifying_key()
    records, contents = log.records(), log.contents()
    anchors = [*of_home, *kept]
    newest = newest_of(anchors)
    signatures = dict.fromkeys(one for part in (of_home, kept) for one in broken_signatures(part, trusted, every=every))
    after_count, cut = _unanchored(log, records, anchors, trusted)
    earlier = replaced(records, [known for known in anchors if known != newest])
    found = [*verify(records, contents, newest), *earlier, *signatures, *cut, *(_contradicted(state, records, contents) if state else [])]
    return AuditReport(
        record_count=len(records),
        anchor=newest,
        breaks=tuple(dict.fromkeys(found)),
        erased=tuple(erased(records, contents)),
        key_id=trusted.key_id if trusted else None,
        unsigned_count=from_before(of_home),
        unanchored_count=after_count,
    )


def _contradicted(state: StateStore, records: Sequence[AuditRecord], contents: Contents) -> list[AuditBreak]:
    """Where rows of the state are not those of the trail; what was recorded since the records were read is looked up again."""
    rows = {name: state.snapshot(TABLES[name]).to_dicts() for name in RECORDED_AS}
    decided, told, said = state.decided_and_told()
    of_rules = set(unattested(rows, told, said)) & set(unattested(rows, records, contents))
    return [*contradictions(decided, told, said), *sorted(of_rules, key=lambda one: (one.sequence, one.what))]


def _unanchored(
    log: AuditLog, records: Sequence[AuditRecord], anchors: Sequence[Anchor], key: VerifyingKey | None
) -> tuple[int, list[AuditBreak]]:
    """Looked for twice: the anchor of a change that another process has just committed is written by the second time."""
    count, found = unanchored(records, anchors)
    if count:
        count, found = unanchored(records, [*anchors, *log.anchors()])
    if count == len(records) and count and key is not None:
        found = [AuditBreak(AuditBreakKind.UNANCHORED, records[-1].sequence, f"no anchor is left, though {key.key_id} signed some")]
    return count, found


def require_whole(log: AuditLog, state: StateStore | None = None) -> None:
    """Raises AuditChainBroken where the trail is not as it was sealed and signed, rows of a state contradict it, or no anchor is left."""
    report = verified(log, state, every=False)
    if report.breaks:
        raise AuditChainBroken([str(found) for found in report.breaks])
    if report.record_count and report.anchor is None:
        raise AuditChainBroken(["no anchor says where the trail ends. Bring the file of anchors back from a backup"])


def lines_of(log: AuditLog, subject_id: str | None = None) -> list[AuditLine]:
    """The records about the subject, or all, in their order."""
    contents = log.contents()
    wanted = (record for record in log.records() if subject_id in (None, record.subject_id))
    return [AuditLine(record, *contents.get(record.sequence, (None, None))) for record in wanted]
