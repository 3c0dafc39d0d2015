"""The anchors of the audit trail: what of them is signed, and whether they were signed by the key that is trusted.

A signature is over the canonical JSON of the anchor; since the anchor's hash covers the whole chain before it, the newest signature vouches
for every record up to it. The rules that are easy to break: lines from before anchors were signed stand before the first signed one only;
and where a key is known, a trail whose newest anchor it did not sign is broken, or else forging would need nothing but leaving out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditRecord
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.contracts.signatures import Signer, VerifyingKey
from feedback_loop.errors import BadInput

_PURPOSE = "feedback_loop audit anchor 1"
"""A part of what is signed, so that no other statement of the same key passes for an anchor."""


def newest_of(anchors: Sequence[Anchor]) -> Anchor | None:
    """The anchor with the highest sequence; None where there is none."""
    return max(anchors, key=lambda anchor: anchor.sequence, default=None)


def statement_of(anchor: Anchor) -> bytes:
    """What the signature is over: all fields but itself, as canonical JSON."""
    return canonical_json({"purpose": _PURPOSE, **{name: value for name, value in vars(anchor).items() if name != "signature"}})


def signed(anchor: Anchor, at: datetime, signer: Signer) -> Anchor:
    """The anchor with the signature of the key."""
    draft = replace(anchor, signed_at=instant_text(at), key_id=signer.key_id)
    return replace(draft, signature=signer.sign(statement_of(draft)))


def from_before(anchors: Sequence[Anchor]) -> int:
    """How many of the anchors, in the order of their lines, stand before the first signed one: what it vouches for alone."""
    return next((place for place, anchor in enumerate(anchors) if anchor.claims_a_key), len(anchors))


def broken_signatures(anchors: Sequence[Anchor], key: VerifyingKey | None, *, every: bool) -> list[AuditBreak]:
    """Which anchors the key did not sign, in the order of their lines; without `every` only the newest signatures are computed.

    Without a key nothing is known of signatures: an anchor that has one is then a break, one that has none is not.
    """
    if key is None:
        return [_foreign(anchor, "whose public half is not at hand") for anchor in anchors if anchor.claims_a_key][:1]
    last, begin = max((anchor.sequence for anchor in anchors), default=0), from_before(anchors)
    found = list(_not_signed_by(anchors[begin:], key, last, every=every))
    if begin and begin == len(anchors):
        found.append(AuditBreak(AuditBreakKind.UNSIGNED, last, f"no anchor is signed, but there is a key ({key.key_id})"))
    return found


def unanchored(records: Sequence[AuditRecord], anchors: Sequence[Anchor]) -> tuple[int, list[AuditBreak]]:
    """How many records follow on the newest anchor, and a break where they are of more than one change.

    A crash between a commit and its anchor leaves one change without; all records of a change bear the same instant.
    """
    newest = newest_of(anchors)
    if newest is None:
        return len(records), []
    after = [record for record in records if record.sequence > newest.sequence]
    if len({record.recorded_at for record in after}) <= 1:
        return len(after), []
    what = f"{len(after)} records follow on the newest anchor, more than a crash leaves: its file was cut"
    return len(after), [AuditBreak(AuditBreakKind.UNANCHORED, newest.sequence, what)]


def _not_signed_by(anchors: Sequence[Anchor], key: VerifyingKey, last: int, *, every: bool) -> Iterator[AuditBreak]:
    for anchor in anchors:
        if anchor.signature is None:
            yield AuditBreak(AuditBreakKind.UNSIGNED, anchor.sequence, "its anchor has no signature, though others before it have")
        elif anchor.key_id != key.key_id:
            yield _foreign(anchor, f"not by {key.key_id}")
        elif (every or anchor.sequence == last) and not _is_signed(anchor, anchor.signature, key):
            yield AuditBreak(AuditBreakKind.FORGED, anchor.sequence, "the signature of its anchor is not one of the key that it names")


def _is_signed(anchor: Anchor, signature: str, key: VerifyingKey) -> bool:
    try:
        return key.verifies(statement_of(anchor), signature)
    except BadInput:
        # What somebody wrote there has no canonical form, so that nobody signed it.
        return False


def _foreign(anchor: Anchor, what: str) -> AuditBreak:
    return AuditBreak(AuditBreakKind.FOREIGN_KEY, anchor.sequence, f"its anchor was signed by {anchor.key_id}, {what}")
