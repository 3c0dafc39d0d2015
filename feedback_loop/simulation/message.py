"""One message of a made-up customer with the truth about it.

Here: the shape alone. Who writes it is `feed`, in which words `composition`, which of it a source delivers `exports`.
The rule that is easy to break: `fault`, `topics`, `spans` and `duplicate_of` are truth, never to be delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_loop.simulation.composition import Span
from feedback_loop.simulation.population import Customer


@dataclass(frozen=True)
class PublicReply:
    """What the company answered under a review, and when (UTC)."""

    text: str
    replied_at: datetime


@dataclass(frozen=True)
class Message:
    """One message and the truth about it, written at `occurred_at` and with the platform from `delivered_at` on (UTC).

    `fault` and `duplicate_of` are null where there is none, `browser` where none is used, `language` where there are no words.
    """

    message_id: str
    channel: str
    occurred_at: datetime
    delivered_at: datetime
    text: str
    customer: Customer
    version: str | None
    browser: str | None
    rating: int | None
    severity: str | None
    area: str | None
    likes: int
    reply: PublicReply | None
    topics: tuple[str, ...]
    spans: tuple[Span, ...]
    language: str | None
    fault: str | None
    duplicate_of: str | None = None
