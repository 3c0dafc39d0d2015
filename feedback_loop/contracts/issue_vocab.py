"""The closed vocabularies of issues: what happens to them, how soon they should be worked on, and why a figure is missing."""

from __future__ import annotations

from enum import StrEnum


class IssueEventKind(StrEnum):
    """What happened to an issue on a day; a resolved one whose complaints rise again is reopened, as a new occurrence of the same."""

    OPENED = "opened"
    SPLIT = "split"
    MERGED = "merged"
    REOPENED = "reopened"
    DORMANT = "dormant"


class Priority(StrEnum):
    """How soon an issue should be worked on, most urgent first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class UnpricedReason(StrEnum):
    """Why an amount of money about an issue is not known."""

    NO_KNOWN_CUSTOMER = "no_known_customer"
    NO_KNOWN_REVENUE = "no_known_revenue"
