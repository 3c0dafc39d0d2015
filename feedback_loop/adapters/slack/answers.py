"""What Slack's answers say, or that they can't be read: whatever is not of the documented form raises one of `vendor_client.UNREADABLE`.

Slack answers 200 to almost everything and says in `ok` and `error` what came of it. The rule that is easy to break: which errors mean that
nothing was written, which that it may have been, and which an operator can mend.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.slack.message import KEY, TAKEN_BACK_BY, Place

MAY_BE_WRITTEN = frozenset({"fatal_error", "internal_error", "service_unavailable"})
"""The documentation says of the first two that "some aspect of the operation" may have succeeded."""

CAN_BE_MENDED = frozenset(
    {
        "ratelimited", "rate_limited", "accesslimited", "message_limit_exceeded", "request_timeout", "team_added_to_org",
        "not_authed", "invalid_auth", "account_inactive", "is_inactive", "token_revoked", "token_expired", "two_factor_setup_required",
        "missing_scope", "no_permission", "not_allowed_token_type", "access_denied", "ekm_access_denied", "org_login_required",
        "team_access_not_granted", "enterprise_is_restricted", "upgrade_required",
        "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_thread_locked", "posting_to_general_channel_denied",
    }
)  # fmt: skip
"""Nothing was written, and the same request may succeed once the token, the channel or the moment is another."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_TS = re.compile(r"[0-9]{10}\.[0-9]{6}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")


@dataclass(frozen=True)
class Ours:
    """A message that bears our metadata: its timestamp, its key, and the key of what took it back."""

    ts: str
    key: str
    taken_back_by: str | None


@dataclass(frozen=True)
class Page:
    """The messages of one page that are ours, and where the next begins; None where there is none."""

    ours: tuple[Ours, ...]
    next_cursor: str | None


def error_in(body: Mapping[str, Any]) -> str | None:
    """The code of the error; None where all went well."""
    if body["ok"] is True:
        return None
    if body["ok"] is not False:
        raise ValueError("neither well nor ill")
    return _whole(_CODE, body["error"])


def posted_in(body: Mapping[str, Any]) -> Place:
    """Where the message stands that was posted or changed."""
    return Place(_whole(_CHANNEL, body["channel"]), _whole(_TS, body["ts"]))


def page_in(body: Mapping[str, Any]) -> Page:
    """One page of a channel, or of the replies to one message."""
    messages = body["messages"]
    if not isinstance(messages, list):
        raise TypeError("messages are a list")
    cursor = (body.get("response_metadata") or {}).get("next_cursor") or None
    if cursor is not None and not isinstance(cursor, str):
        raise TypeError("a cursor is a text")
    if body.get("has_more") and cursor is None:
        raise ValueError("more, but nobody says where")
    return Page(tuple(ours for message in messages if (ours := _ours(message)) is not None), cursor)


def _ours(message: Mapping[str, Any]) -> Ours | None:
    ts, payload = _whole(_TS, message["ts"]), (message.get("metadata") or {}).get("event_payload")
    if not isinstance(payload, Mapping) or not isinstance(payload.get(KEY), str):
        return None
    by = payload.get(TAKEN_BACK_BY)
    return Ours(ts, payload[KEY], by if isinstance(by, str) else None)


def _whole(pattern: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("not of the documented form")
    return text
