"""A ticket or a conversation as the messages of its customer, each with what others said after it and what it answers.

Here: which of the others' words stand beside which message. Who is the customer and what is public is said by the vendors' readers
(`zendesk_tickets`, `intercom`), which hand over no internal note. What others said before the customer's first message stands beside that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Message:
    """What one side of a conversation said at one time; `payload` is it as the vendor tells it."""

    message_id: str
    at: datetime
    text: str
    is_customers: bool
    payload: str


@dataclass
class Answered:
    """A message of the customer, the id of the others' message that it answers, and what others said beside it."""

    message: Message
    in_reply_to: str | None
    answers: list[str] = field(default_factory=list)

    @property
    def context_text(self) -> str | None:
        """What others said, a line each; None where they said nothing."""
        return "\n".join(self.answers) or None


def of_customer(messages: Iterable[Message]) -> list[Answered]:
    """The customer's messages, in the order of all."""
    found: list[Answered] = []
    opening: list[str] = []
    last_of_others: str | None = None
    for message in messages:
        if message.is_customers:
            found.append(Answered(message, last_of_others))
        else:
            (found[-1].answers if found else opening).append(message.text)
            last_of_others = message.message_id
    if found:
        found[0].answers[:0] = opening
    return found
