"""The closed vocabularies of the audit: in which way a trail can be broken, and what re-running a decision shows.

No table holds them: they are what is said of a trail. The words of the decisions themselves stand in `loop_vocab`.
"""

from __future__ import annotations

from enum import StrEnum


class AuditBreakKind(StrEnum):
    """In which way a record of the audit trail is not as it was sealed."""

    EDITED = "edited"
    REPLACED = "replaced"
    MISSING = "missing"
    REORDERED = "reordered"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    CONTENT_CHANGED = "content_changed"
    CONTRADICTED = "contradicted"
    UNSIGNED = "unsigned"
    FOREIGN_KEY = "foreign_key"
    FORGED = "forged"
    UNANCHORED = "unanchored"


class ReplayVerdict(StrEnum):
    """What re-running a decision from its record shows."""

    SAME = "same"
    DIFFERENT = "different"
    ERASED = "erased"
    NOT_RECORDED = "not_recorded"
    VERSION_MISSING = "version_missing"
