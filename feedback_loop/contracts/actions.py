"""What crosses the border to the tools of a team: a request with its key, the receipt, and the state of a case.

The rule that is easy to break: the same `idempotency_key` means the same write for ever; another write needs another key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.loop_vocab import ActionKind


@dataclass(frozen=True)
class ActionRequest:
    """One write that another system is asked for; `arguments` hold no words of customers."""

    idempotency_key: str
    action_kind: ActionKind
    target: str
    arguments: Mapping[str, object]


@dataclass(frozen=True)
class Receipt:
    """What the other system said of a write: its own id for it, and whether it had been made before under the same key."""

    receipt_id: str
    idempotency_key: str
    is_repeat: bool


@dataclass(frozen=True)
class CaseImage:
    """A case as the other system holds it: `version` grows with each change, whoever makes it."""

    case_id: str
    queue: str
    owner: str
    version: int
    changed_at: datetime
