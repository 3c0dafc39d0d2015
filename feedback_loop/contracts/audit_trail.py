"""What the audit trail holds: entries that are to be sealed, sealed records, the anchor that is kept elsewhere, and breaks that were found.

How they are sealed and verified stands in `remediation/audit.py`. The rule that is easy to break: a record never holds the content of its
entry, only a salted commitment to it, so that the content can be erased and the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import parsed_json

Content = Mapping[str, object]


class StoredContent(Mapping[str, object]):
    """A content as the text in which it is stored, parsed only when it is read: that it is the sealed one is told by the text alone.

    A text that somebody made unreadable is kept as it stands, so that it is found to be changed and not merely fails.
    """

    __slots__ = ("_parsed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parsed: dict[str, object] | None = None

    def __getitem__(self, name: str) -> object:
        return self._content()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content())

    def __len__(self) -> int:
        return len(self._content())

    def __repr__(self) -> str:
        return self.text

    def _content(self) -> dict[str, object]:
        if self._parsed is None:
            try:
                content = parsed_json(self.text)
            except (ValueError, RecursionError):
                content = None
            self._parsed = content if isinstance(content, dict) else {"unreadable": self.text}
        return self._parsed


_OF_ANCHORS = (AuditBreakKind.UNSIGNED, AuditBreakKind.FOREIGN_KEY, AuditBreakKind.FORGED, AuditBreakKind.UNANCHORED)


@dataclass(frozen=True)
class AuditEntry:
    """What somebody did, before it is sealed; `content` is what they did it with."""

    recorded_at: datetime
    event: str
    subject_id: str
    actor: str
    content: Content


@dataclass(frozen=True)
class AuditRecord:
    """One link of the chain; `record_hash` covers all other fields, `previous_hash` is that of the record before."""

    sequence: int
    recorded_at: datetime
    event: str
    subject_id: str
    actor: str
    commitment: str
    previous_hash: str
    record_hash: str


@dataclass(frozen=True)
class Anchor:
    """The last record as it was known outside of the database; without it a shortened chain looks whole.

    The signature is over all other fields; None in an anchor from before anchors were signed.
    """

    sequence: int
    record_hash: str
    signed_at: str | None = None
    """The instant as `instant_text` writes it: what was signed is this text."""
    key_id: str | None = None
    signature: str | None = None

    @property
    def claims_a_key(self) -> bool:
        """Whether it says that somebody signed it, truly or not."""
        return self.key_id is not None or self.signature is not None


@dataclass(frozen=True)
class AuditBreak:
    """One place where the trail is not what was sealed; `sequence` is that of the record to look at."""

    kind: AuditBreakKind
    sequence: int
    what: str

    def __str__(self) -> str:
        return f"record {self.sequence}, {self.kind.replace('_', ' ')}: {self.what}"

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.kind in (AuditBreakKind.MISSING, AuditBreakKind.TRUNCATED):
            return "Bring the missing records back from a backup of the state store, and find out who removed them."
        if self.kind in _OF_ANCHORS:
            return "Compare the file of anchors with a backup that is kept elsewhere, and find out who wrote to it."
        return f"Compare record {self.sequence} with a backup of the state store, and find out who changed it."
