"""Jira's webhooks: the status of an issue is another one.

Followed: https://developer.atlassian.com/cloud/jira/platform/webhooks. An event has no id of its own that is signed, so it is known by its
signature: the body holds the instant in milliseconds, and a second telling of it is the same bytes. The rule that is easy to break: any
change of an issue names its status, so that only a change log which names it says that it changed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard, Loose, TicketStatus, read
from feedback_loop.remediation.callbacks.signatures import Signed

_UPDATED, _STATUS, _DONE = "jira:issue_updated", "status", "done"
_EPOCH, _LAST_MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), 253_402_300_799_999
Word = Annotated[str, Field(min_length=1, max_length=200)]


class _Event(Loose):
    webhookEvent: Word  # noqa: N815
    timestamp: Annotated[int, Field(ge=0, le=_LAST_MILLISECOND, strict=True)]


class _Category(Loose):
    key: Word


class _Status(Loose):
    statusCategory: _Category  # noqa: N815


class _Fields(Loose):
    status: _Status


class _Issue(Loose):
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,19}-[1-9][0-9]{0,9}$")]
    fields: _Fields


class _Item(Loose):
    field: Word


class _Log(Loose):
    items: tuple[_Item, ...] = ()


class _Logged(Loose):
    changelog: _Log = _Log()


class IssueUpdated(_Event):
    """An issue was changed."""

    issue: _Issue


def read_jira(body: bytes, signed: Signed) -> Heard:
    """What the event says; those of other kinds, and changes of other fields, concern nobody. Raises Unreadable."""
    one, said = read(_Event, body), None
    if one.webhookEvent == _UPDATED and any(item.field == _STATUS for item in read(_Logged, body).changelog.items):
        issue = read(IssueUpdated, body).issue
        said = TicketStatus(issue.key, issue.fields.status.statusCategory.key == _DONE)
    return Heard(CallbackVendor.JIRA, signed.digest, _EPOCH + timedelta(milliseconds=one.timestamp), said)
