"""What Jira's answers say, or that they can't be read: whatever is not of the described form raises one of `UNREADABLE`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.jira.work_item import bears

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)

_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,99}-[0-9]{1,10}")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Found:
    """An issue that a search names."""

    issue_id: str
    issue_key: str
    labels: tuple[str, ...]

    @property
    def number(self) -> int:
        """Grows with each issue that is made."""
        return int(self.issue_id)


@dataclass(frozen=True)
class CommentPage:
    """The comment that bears our key, None where none of this page does, and whether a further page may."""

    ours: str | None
    count: int
    is_last: bool


def issue_key_in(body: Mapping[str, Any]) -> str:
    """The key of the issue that was created."""
    return _whole(_ISSUE_KEY, body["key"])


def comment_in(body: Mapping[str, Any]) -> str:
    """The id of the comment that was added."""
    return _whole(_NUMBER, body["id"])


def found_in(body: Mapping[str, Any]) -> list[Found]:
    """The issues that a search found."""
    return [_found(one) for one in body["issues"]]


def is_ours(body: Mapping[str, Any], key: str) -> bool:
    """Whether the entity property holds our key."""
    value = body["value"]
    return isinstance(value, Mapping) and value.get("idempotency_key") == key


def comments_in(body: Mapping[str, Any], key: str) -> CommentPage:
    """One page of comments, looked through for that which bears the key."""
    comments = body["comments"]
    ours = [_whole(_NUMBER, one["id"]) for one in comments if bears(one.get("body"), key)]
    return CommentPage(min(ours, key=int, default=None), len(comments), not comments or len(comments) < int(body["maxResults"]))


def _found(one: Mapping[str, Any]) -> Found:
    labels = one["fields"]["labels"]
    if not isinstance(labels, list):
        raise TypeError("labels are a list")
    return Found(_whole(_NUMBER, one["id"]), _whole(_ISSUE_KEY, one["key"]), tuple(map(str, labels)))


def _whole(pattern: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("no id")
    return text
