"""The closed words of messages to customers: why one is suppressed or waits, what the customer has to do, how they confirmed.

What a message is about and where it stands are `loop_vocab.MessageKind` and `MessageStatus`. The rule that is easy to break: what waits is
not suppressed, and silence is no confirmation.
"""

from __future__ import annotations

from enum import StrEnum


class SuppressedReason(StrEnum):
    """Why a customer is not written to, for good: nothing that waits for an hour or a week is suppressed."""

    NO_CONSENT = "no_consent"
    ASKED_NOT_TO = "asked_not_to"
    TOLD_BEFORE = "told_before"
    TAKEN_BACK = "taken_back"
    """What the message would tell of was taken back."""


class HeldReason(StrEnum):
    """Why an approved message waits; it goes by itself once that is over."""

    QUIET_HOURS = "quiet_hours"
    WEEKLY_CAP = "weekly_cap"


class ConfirmationKind(StrEnum):
    """How a customer said that it is mended. Silence is none of these: who says nothing is assumed, never confirmed."""

    REPLY = "reply"
    RATING = "rating"
    RECORDED = "recorded"
    """A person wrote down what the customer told them."""


class CustomerStep(StrEnum):
    """What a customer has to do so that a fix reaches them."""

    NOTHING = "nothing"
    RELOAD = "reload"
    UPDATE_APP = "update_app"
    SIGN_IN_AGAIN = "sign_in_again"
