"""What people said of an action in another system, and what of it does not count.

The rule that is easy to break: an account there is a person here only by `identity.yaml`; nothing here says who somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback_loop.contracts.loop_vocab import ApprovalVerdict


class NotCounted(StrEnum):
    """Why what stands in another system as a decision is none."""

    BY_THE_SYSTEM = "by_the_system"
    """A workflow, a rule or the clock gave it."""
    NO_PERSON = "no_person"
    """The approver is no active person: a group, an integration, or nobody."""
    BY_SOMEBODY_ELSE = "by_somebody_else"
    """Another account set it than that of the approver."""
    WHEN_DUE = "when_due"
    """It came when it was due or later, so that it can't be told from one that the clock gave."""
    TEXT_CHANGED = "text_changed"
    """What was asked there is no longer what would be carried out."""


@dataclass(frozen=True)
class SaidElsewhere:
    """The word of one person, by the account under which the other system knows the person; `reference` is its own id of it."""

    account_id: str
    verdict: ApprovalVerdict
    said_at: datetime
    reference: str


@dataclass(frozen=True)
class LeftOut:
    """A decision that does not count."""

    reference: str
    reason: NotCounted


@dataclass(frozen=True)
class AnswersElsewhere:
    """What was said of one action, the first word first, and what of it does not count."""

    said: tuple[SaidElsewhere, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
