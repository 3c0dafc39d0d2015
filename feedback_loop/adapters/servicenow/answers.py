"""What ServiceNow's answers say, or that they can't be read: whatever is not of the documented form raises what reading raises.

The rule that is easy to break: a query that an instance does not understand is answered with all records of the table, so each record is
held against what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedback_loop.adapters.servicenow.record_bodies import Place

FIELDS = ("sys_id", "number", "correlation_id", "correlation_display", "state", "sys_mod_count", "sys_created_on")
"""What is asked for of a record."""

_NEXT = re.compile(r'<[^>]*[?&]sysparm_offset=([0-9]{1,9})[^>]*>; *rel="next"')
_SYS_ID, _NUMBER = re.compile(r"[0-9a-f]{32}"), re.compile(r"[A-Z0-9]{1,40}")


@dataclass(frozen=True)
class Record:
    """A record as it is now."""

    table: str
    sys_id: str
    number: str
    key: str
    display: str
    state: str
    mod_count: int
    created_at: datetime

    def place(self, mod_count: int | None = None) -> Place:
        """Where it is; as it is now, unless another count of changes is given."""
        return Place(self.number, self.table, self.sys_id, self.mod_count if mod_count is None else mod_count)


def record_in(body: Mapping[str, Any], table: str, *, sys_id: str | None = None, key: str | None = None) -> Record:
    """The one record of the answer, which has the id or the key where these are given."""
    found = _record(body["result"], table)
    if sys_id not in (None, found.sys_id) or key not in (None, found.key):
        raise ValueError("another record")
    return found


def records_in(body: Mapping[str, Any], table: str, key: str, display: str) -> list[Record]:
    """The records of the table that bear the key, or the words beside it."""
    found = [_record(one, table) for one in rows_in(body)]
    if any(one.key != key and one.display != display for one in found):
        raise ValueError("another record")
    return found


def rows_in(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows of a list."""
    rows = body["result"]
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise TypeError("no list of records")
    return rows


def instant_in(text: object) -> datetime:
    """An instant as ServiceNow stores it: in UTC, to the second, without saying so."""
    if not isinstance(text, str):
        raise TypeError("no instant")
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def next_offset(link: str) -> int | None:
    """Where the next page begins by the Link header; None where it names none."""
    found = _NEXT.search(link)
    return None if found is None else int(found[1])


def _record(one: Mapping[str, Any], table: str) -> Record:
    return Record(
        table=table,
        sys_id=_whole(_SYS_ID, one["sys_id"]),
        number=_whole(_NUMBER, one["number"]),
        key=_text(one["correlation_id"]),
        display=_text(one["correlation_display"]),
        state=_text(one["state"]),
        mod_count=int(_text(one["sys_mod_count"])),
        created_at=instant_in(one["sys_created_on"]),
    )


def _whole(pattern: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("no id")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
