"""What ServiceNow is told of an action, in the shape of its Table API: a record, or the note that takes one back.

Pure functions; who sends it is `client.py`, and what may be said at all, `adapters/action_words.py`. The rule that is easy to break:
ServiceNow cuts what is too long without a word, so a key that does not fit whole is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.action_words import Unfit, fit_key, subject_of, text_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

SYSTEM = "feedback_loop"
"""What stands beside our key in a record that is ours (`correlation_display`)."""

CANCELED: Mapping[str, str] = {"incident": "8", "change_request": "4"}
"""The state of a record that was canceled, by its table; of other tables nobody knows it."""

_ASKED_FOR = "ask-"
_LONGEST_KEY, _LONGEST_SUBJECT, _LONGEST_TEXT = 80, 160, 4_000
_RECEIPT = re.compile(r"([A-Z0-9]{1,40})/([a-z][a-z0-9_]{0,79})/([0-9a-f]{32})/([0-9]{1,9})")


@dataclass(frozen=True)
class Place:
    """A record, and how often it had been changed when we left it."""

    number: str
    table: str
    sys_id: str
    mod_count: int

    @property
    def receipt_id(self) -> str:
        """As one text, which begins with the number that people know it by."""
        return f"{self.number}/{self.table}/{self.sys_id}/{self.mod_count}"


def place_of(receipt_id: object) -> Place:
    """The place that a receipt names; raises Unfit."""
    found = _RECEIPT.fullmatch(receipt_id) if isinstance(receipt_id, str) else None
    if found is None:
        raise Unfit("undone_receipt_id")
    return Place(found[1], found[2], found[3], int(found[4]))


def tables_of(settings: Mapping[str, str]) -> tuple[str, str]:
    """The table of what is opened, and that of rollbacks."""
    return settings.get("table", "incident"), settings.get("change_table", "change_request")


def table_of(kind: ActionKind, settings: Mapping[str, str]) -> str:
    """The table in which an action of the kind becomes a record."""
    work, changes = tables_of(settings)
    return changes if kind in (ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG) else work


def record_of(request: ActionRequest, table: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the record that asks a team for the action; raises Unfit."""
    category = {"category": settings["category"]} if "category" in settings and table == tables_of(settings)[0] else {}
    group = {"assignment_group": settings["assignment_group"]} if "assignment_group" in settings else {}
    return {
        "short_description": subject_of(request)[:_LONGEST_SUBJECT],
        "description": _whole(text_of(request), "arguments"),
        "correlation_id": short_key(request.idempotency_key),
        "correlation_display": SYSTEM,
        **({"type": "normal"} if table == "change_request" else {}),
        **category,
        **group,
    }


def canceling(request: ActionRequest, table: str) -> dict[str, Any]:
    """The change of a record of one of the tables in `CANCELED` that takes it back and bears the key of who does; raises Unfit."""
    return {
        "state": CANCELED[table],
        "work_notes": _whole(text_of(request), "arguments"),
        "correlation_display": taken_back_under(request.idempotency_key),
    }


def taken_back_under(key: str) -> str:
    """What stands beside our key in a record that was taken back under another one."""
    return f"{SYSTEM}:{short_key(key)}"


def asking_key(key: str) -> str:
    """The key of the change in which people are asked to approve the action of the key; it is another record than the action's own."""
    return f"{_ASKED_FOR}{key}"


def short_key(key: str) -> str:
    """The key, where it fits into its fields as a whole; raises Unfit."""
    if len(key) > _LONGEST_KEY:
        raise Unfit("idempotency_key")
    return fit_key(key)


def _whole(text: str, name: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise Unfit(name)
    return text
