"""What the platform asks of the world, as Protocols; `adapters/` fulfils them, tests use hand-written fakes.

A stage takes a port as an argument where it needs one (a model); it never builds one.
"""

from __future__ import annotations

from feedback_loop.ports.sources import (
    PageSpool,
    SourceClient,
)
from feedback_loop.ports.state import (
    AuditAnchor,
    AuditLog,
    MoveLedger,
    StateStore,
)
from feedback_loop.ports.systems import (
    ActionSystem,
    ApprovalChannel,
    ApprovalDesk,
    CaseSystem,
    KnowingSince,
    LateKnowing,
    NoticeChannel,
)
from feedback_loop.ports.world import (
    Clock,
    Embedder,
    PassageIndex,
    TableStore,
    TextModel,
    TokenVerifier,
    Vectors,
)

__all__ = [
    "ActionSystem",
    "ApprovalChannel",
    "ApprovalDesk",
    "AuditAnchor",
    "AuditLog",
    "CaseSystem",
    "Clock",
    "Embedder",
    "KnowingSince",
    "LateKnowing",
    "MoveLedger",
    "NoticeChannel",
    "PageSpool",
    "PassageIndex",
    "SourceClient",
    "StateStore",
    "TableStore",
    "TextModel",
    "TokenVerifier",
    "Vectors",
]
