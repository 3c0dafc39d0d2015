"""The audit chain: seals what was decided and done, and finds whatever was altered afterwards. Storing it is the state store's part.

Each record carries the hash of the one before, and a salted commitment to its content, which lies elsewhere and can be erased. The rule
that is easy to break: a chain alone can't show that its end was cut off or sealed anew; only an anchor kept outside of the database can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditEntry, AuditRecord, Content, StoredContent
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.errors import BadInput

__all__ = [
    "GENESIS",
    "Anchor",
    "AuditBreak",
    "AuditEntry",
    "AuditRecord",
    "anchor_of",
    "commitment",
    "erased",
    "replaced",
    "seal",
    "verify",
]

GENESIS = "0" * 64
"""What the first record names as the hash of the one before."""

Contents = Mapping[int, tuple[str, Content]]
"""Salt and content of each record by its sequence; a record without one was erased."""

_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
"""The same bytes as RFC 8785 for a flat object of texts and small integers, at ten times the speed; a test compares both."""


def commitment(salt: str, content: Content) -> str:
    """SHA-256 of the salt and the canonical JSON of the content, in hexadecimal."""
    return _commitment(salt, canonical_json(content))


def _commitment(salt: str, written: bytes) -> str:
    if "{" in salt:
        # Otherwise the end of a salt could pass for the beginning of a content.
        raise BadInput("a salt must not hold '{'; draw it as hexadecimal digits.")
    return hashlib.sha256(salt.encode() + written).hexdigest()


def seal(previous: AuditRecord | None, entry: AuditEntry, salt: str) -> AuditRecord:
    """The record of the entry that follows on `previous`, None before the first; `salt` is random, and stored beside the content."""
    draft = AuditRecord(
        sequence=previous.sequence + 1 if previous else 1,
        recorded_at=entry.recorded_at,
        event=entry.event,
        subject_id=entry.subject_id,
        actor=entry.actor,
        commitment=commitment(salt, entry.content),
        previous_hash=previous.record_hash if previous else GENESIS,
        record_hash="",
    )
    return AuditRecord(**{**vars(draft), "record_hash": _hash_of(draft)})


def anchor_of(record: AuditRecord) -> Anchor:
    """What is to be kept outside of the database after this record was stored."""
    return Anchor(record.sequence, record.record_hash)


def verify(records: Sequence[AuditRecord], contents: Contents, anchor: Anchor | None, after: Anchor | None = None) -> list[AuditBreak]:
    """Everything that is not as it was sealed, in the order of the records as they are given; empty where the trail is whole.

    Without an anchor neither a cut-off end nor an end that was sealed anew can be found. Content that is absent is no break: see `erased`.
    `after` names the record before the first where only a part of the trail is given.
    """
    return [*_broken_links(records, after or Anchor(0, GENESIS)), *_changed_contents(records, contents), *_broken_anchor(records, anchor)]


def replaced(records: Sequence[AuditRecord], anchors: Sequence[Anchor]) -> list[AuditBreak]:
    """The records that are not those that any of the anchors names: what followed on a cut-off end does not hide it."""
    present = {record.sequence: record.record_hash for record in records}
    wrong = {anchor.sequence for anchor in anchors if present.get(anchor.sequence, anchor.record_hash) != anchor.record_hash}
    return [AuditBreak(AuditBreakKind.REPLACED, number, "it is not the record that an anchor names") for number in sorted(wrong)]


def erased(records: Sequence[AuditRecord], contents: Contents) -> list[int]:
    """The sequences of the records whose content is gone; the records themselves still verify."""
    return [record.sequence for record in records if record.sequence not in contents]


def _broken_links(records: Sequence[AuditRecord], after: Anchor) -> Iterator[AuditBreak]:
    """Each break once: after one, the chain is followed from what stands there."""
    held, seen = {record.sequence for record in records}, set[int]()
    expected, previous_hash = after.sequence + 1, after.record_hash
    for record in records:
        misplaced = _misplaced(record.sequence, expected, held, seen, after.sequence)
        if misplaced:
            yield misplaced
        if _hash_of(record) != record.record_hash:
            yield AuditBreak(AuditBreakKind.EDITED, record.sequence, "its fields do not hash to its record_hash")
        elif record.previous_hash != previous_hash and not misplaced:
            yield AuditBreak(AuditBreakKind.REPLACED, record.sequence, "it or the record before is not the one that was sealed")
        seen.add(record.sequence)
        expected, previous_hash = record.sequence + 1, record.record_hash


def _misplaced(sequence: int, expected: int, held: set[int], seen: set[int], before: int) -> AuditBreak | None:
    if sequence == expected and sequence not in seen:
        return None
    if sequence in seen or sequence <= before:
        return AuditBreak(AuditBreakKind.INSERTED, sequence, "no record of this number belongs here")
    if sequence < expected or expected in held:
        return AuditBreak(AuditBreakKind.REORDERED, sequence, f"it stands where record {expected} belongs")
    return AuditBreak(AuditBreakKind.MISSING, expected, f"the records from {expected} to {sequence - 1} are gone")


def _changed_contents(records: Sequence[AuditRecord], contents: Contents) -> Iterator[AuditBreak]:
    for record in records:
        kept = contents.get(record.sequence)
        if kept is not None and not _is_committed(record, *kept):
            yield AuditBreak(AuditBreakKind.CONTENT_CHANGED, record.sequence, "its content is not the one that was sealed")


def _is_committed(record: AuditRecord, salt: str, content: Content) -> bool:
    try:
        if isinstance(content, StoredContent) and _commitment(salt, content.text.encode()) == record.commitment:
            return True  # the very bytes that were sealed, so that they need not be written again
        return commitment(salt, content) == record.commitment
    except (BadInput, RecursionError, UnicodeEncodeError):
        return False


def _broken_anchor(records: Sequence[AuditRecord], anchor: Anchor | None) -> Iterator[AuditBreak]:
    if anchor is None:
        return
    found = [record.record_hash for record in records if record.sequence == anchor.sequence]
    if not found and anchor.sequence > max((record.sequence for record in records), default=0):
        yield AuditBreak(AuditBreakKind.TRUNCATED, anchor.sequence, "the trail ends before the record that the anchor names")
    elif anchor.record_hash not in found:
        yield AuditBreak(AuditBreakKind.REPLACED, anchor.sequence, "it is not the record that the anchor names")


def _hash_of(record: AuditRecord) -> str:
    """SHA-256 over all fields but `record_hash`, as canonical JSON."""
    fields = {**vars(record), "recorded_at": instant_text(record.recorded_at)}
    del fields["record_hash"]
    return hashlib.sha256(_WRITE(fields).encode("utf-8", "surrogatepass")).hexdigest()
