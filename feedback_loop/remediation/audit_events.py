"""Audit records as CloudEvents 1.0 in structured JSON, and back; and the closing event that signs for a whole export.

What an envelope says follows from the record and its content, so that whoever has both can tell whether it was altered. The rule that is
easy to break: a record is read back exactly as it was hashed, instants to the microsecond, or nothing of it would verify.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from feedback_loop.contracts.audit_trail import Anchor, AuditRecord, Content
from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.contracts.signatures import Signer, VerifyingKey
from feedback_loop.errors import BadInput
from feedback_loop.remediation.provenance import provenance

SOURCE, TYPE = "/feedback-loop/audit", "feedback_loop.audit."
CLOSING = f"{TYPE}exported"

_PURPOSE = "feedback_loop audit export 1"
_COUNTS = ("first_sequence", "last_sequence", "record_count", "erased_count")
_TEXTS, _MARKS = ("previous_hash", "record_hash", "exported_at"), ("key_id", "signature")
_CHAIN = ("sequence", "previous_hash", "record_hash", "commitment")


@dataclass(frozen=True)
class Kept:
    """A record with what lies beside it; salt and content are None where the content was erased."""

    record: AuditRecord
    salt: str | None
    content: Content | None


@dataclass(frozen=True)
class Closing:
    """What the export holds, so that neither its beginning nor its end, nor a content, can be left out unnoticed."""

    first_sequence: int
    last_sequence: int
    previous_hash: str
    record_hash: str
    record_count: int
    erased_count: int
    exported_at: str
    anchor: Mapping[str, Any] | None
    """The newest signed anchor of the records in the export."""
    key_id: str | None = None
    signature: str | None = None

    def statement(self) -> bytes:
        """What the signature is over."""
        return canonical_json({"purpose": _PURPOSE, **{name: value for name, value in vars(self).items() if name != "signature"}})

    def signed(self, signer: Signer) -> Closing:
        """The closing with the signature of the key."""
        draft = replace(self, key_id=signer.key_id)
        return replace(draft, signature=signer.sign(draft.statement()))

    def is_signed_by(self, key: VerifyingKey) -> bool:
        """Whether the holder of the key said exactly this."""
        try:
            return self.key_id == key.key_id and self.signature is not None and key.verifies(self.statement(), self.signature)
        except BadInput:
            return False


def event_of(kept: Kept) -> dict[str, Any]:
    """The record as a CloudEvent, whose data hold the fields of the chain, the content, and what it used and generated."""
    record = kept.record
    chain = {name: getattr(record, name) for name in _CHAIN}
    beside = {"salt": kept.salt, "content": None if kept.content is None else dict(kept.content), "is_erased": kept.content is None}
    data = {**chain, **beside, **provenance(record, kept.content)}
    return _envelope(record.record_hash, f"{TYPE}{record.event}", record.subject_id, instant_text(record.recorded_at), data)


def closing_event(closing: Closing) -> dict[str, Any]:
    """The last line of an export."""
    subject = f"records {closing.first_sequence} to {closing.last_sequence}"
    return _envelope(f"export-{closing.record_hash}", CLOSING, subject, closing.exported_at, dict(vars(closing)))


def kept_of(event: Mapping[str, Any]) -> Kept:
    """The record of the event; raises BadInput where it is none."""
    try:
        data = event["data"]
        record = AuditRecord(
            recorded_at=datetime.fromisoformat(event["time"]).astimezone(UTC),
            event=_text(event["type"]).removeprefix(TYPE),
            subject_id=_text(event["subject"]),
            actor=_text(data["agent"]["id"]),
            sequence=_number(data["sequence"]),
            **{name: _text(data[name]) for name in _CHAIN[1:]},
        )
        content = data["content"]
        return Kept(record, None, None) if content is None else Kept(record, _text(data["salt"]), _mapping(content))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadInput("it is no event of an audit export") from None


def closing_of(event: Mapping[str, Any]) -> Closing:
    """The closing of the event; raises BadInput where it is none."""
    try:
        data = _mapping(event["data"])
        if set(data) != {one.name for one in fields(Closing)} or not (data["anchor"] is None or isinstance(data["anchor"], Mapping)):
            raise ValueError
        for names, check in ((_COUNTS, _number), (_TEXTS, _text), (_MARKS, _text_or_none)):
            for name in names:
                check(data[name])
        return Closing(**data)
    except (KeyError, TypeError, ValueError):
        raise BadInput("it is no closing line of an audit export") from None


def anchor_in(closing: Closing) -> Anchor | None:
    """The anchor that the closing holds; None where it holds none, or something else."""
    said = closing.anchor
    try:
        if said is None or set(said) != {one.name for one in fields(Anchor)}:
            return None
        marks = {name: _text_or_none(said[name]) for name in ("signed_at", "key_id", "signature")}
        return Anchor(_number(said["sequence"]), _text(said["record_hash"]), **marks)
    except TypeError:
        return None


def _envelope(name: str, kind: str, subject: str, at: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": SOURCE,
        "type": kind,
        "subject": subject,
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value
