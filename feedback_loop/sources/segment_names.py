"""What the events of a company's tracking plan are called, for the reader of Segment (`segment`): which of them say something here.

The defaults are the names of Segment's own specs (ecommerce and mobile) where these have one. The rule that is easy to break: an event
that is not named here says nothing, however much it sounds like a complaint; what is customers' words is agreed with the company, not
guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_loop.contracts.loop_vocab import BusinessEventKind


@dataclass(frozen=True)
class SegmentNames:
    """Names of events and of the properties that are read of them."""

    feedback: frozenset[str] = frozenset({"Feedback Submitted", "Survey Submitted", "Review Submitted"})
    """Events that carry the customer's own words or stars."""
    text: tuple[str, ...] = ("text", "feedback", "comment", "message", "review_body")
    """Properties that may hold these words; the first that does is taken."""
    errors: frozenset[str] = frozenset({"Error Occurred", "Application Error", "Application Crashed"})
    code: tuple[str, ...] = ("code", "error_code", "error")
    """Properties that may hold the error's code, which is no message: messages may hold values of the customer."""
    business: Mapping[str, BusinessEventKind] = field(
        default_factory=lambda: {
            "Order Completed": BusinessEventKind.ORDER,
            "Order Refunded": BusinessEventKind.REFUND,
            "Subscription Renewed": BusinessEventKind.RENEWAL,
            "Subscription Cancelled": BusinessEventKind.CANCELLATION,
            "Subscription Canceled": BusinessEventKind.CANCELLATION,
        }
    )
    amount: tuple[str, ...] = ("total", "revenue")
    consent: tuple[str, ...] = ("consent", "contact_consent", "email_consent")
    """Traits that say whether the customer may be written to: yes or no, true or false."""
