"""Small policies for the tests: an office in UTC, nine to five, whose default triages within two hours."""

from __future__ import annotations

from typing import Any

import yaml

from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.outcomes.sla_policy_text import parse_sla_policy

CALENDARS: dict[str, Any] = {
    "office": {"zone": "UTC", "hours": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}},
    "always": {"zone": "UTC", "hours": "around the clock", "daily_review": "15:00-16:00"},
}
DEFAULT: dict[str, Any] = {
    "calendar": "office",
    "waiting_pauses": True,
    "at_risk_share": 0.75,
    "targets": {"triage": "2 hours", "remediate": "8 hours", "confirm": "16 hours"},
}


def rule(rule_id: str, **parts: object) -> dict[str, object]:
    return {"rule_id": rule_id, "targets": {"triage": "1 hour"}} | parts


def policy_text(*rules: dict[str, object], **changes: object) -> str:
    return yaml.safe_dump({"calendars": CALENDARS, "default": DEFAULT, "rules": list(rules)} | changes)


def policy_of(*rules: dict[str, object], **changes: object) -> SlaPolicy:
    return parse_sla_policy(policy_text(*rules, **changes))
