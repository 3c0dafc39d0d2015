"""Every error that the platform raises on purpose, as one tree.

Each carries its fields and a message that says what happened, to which thing, and what to do next. A message never holds customer text:
it names ids, files, row numbers and columns. What callers branch on is the class, never the message. They are raised and caught by their
names in this package; in which of its parts one stands is nobody's business.
"""

from __future__ import annotations

from feedback_loop.errors.acting import (
    AuditChainBroken,
    CaseChanged,
    ConnectorRefused,
    ConnectorUnreachable,
    DecisionRefused,
    IllegalTransition,
    PlaybookRefused,
    WriteInDoubt,
)
from feedback_loop.errors.inputs import (
    AlertRulesRefused,
    InputColumnsMissing,
    InputFileMissing,
    LabelsRefused,
    OwnershipRefused,
    QueryRefused,
    RetentionRefused,
    RulesRefused,
    TaxonomyRefused,
    UnknownChoice,
    UnreadableFile,
)
from feedback_loop.errors.keeping import (
    ChecksFailed,
    ClassifierDistrusted,
    ContractBroken,
    EncoderUnusable,
    ErasureIncomplete,
    ErasureKeyMissing,
    ErasureUnfinished,
    KnowledgeUnavailable,
    ModelRefused,
    ModelWeightsCorrupt,
    ModelWeightsMissing,
    NobodyErased,
    NothingLanded,
    RowsOutsideDays,
    StageFailed,
    StateUnavailable,
    TableLogMissing,
)
from feedback_loop.errors.roots import (
    BadInput,
    FeedbackLoopError,
    Refused,
)

__all__ = [
    "AlertRulesRefused",
    "AuditChainBroken",
    "BadInput",
    "CaseChanged",
    "ChecksFailed",
    "ClassifierDistrusted",
    "ConnectorRefused",
    "ConnectorUnreachable",
    "ContractBroken",
    "DecisionRefused",
    "EncoderUnusable",
    "ErasureIncomplete",
    "ErasureKeyMissing",
    "ErasureUnfinished",
    "FeedbackLoopError",
    "IllegalTransition",
    "InputColumnsMissing",
    "InputFileMissing",
    "KnowledgeUnavailable",
    "LabelsRefused",
    "ModelRefused",
    "ModelWeightsCorrupt",
    "ModelWeightsMissing",
    "NobodyErased",
    "NothingLanded",
    "OwnershipRefused",
    "PlaybookRefused",
    "QueryRefused",
    "Refused",
    "RetentionRefused",
    "RowsOutsideDays",
    "RulesRefused",
    "StageFailed",
    "StateUnavailable",
    "TableLogMissing",
    "TaxonomyRefused",
    "UnknownChoice",
    "UnreadableFile",
    "WriteInDoubt",
]
