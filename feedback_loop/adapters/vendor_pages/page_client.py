"""What the clients of all pulled sources have in common: a page is whole JSON of the documented form, or there is none.

How a request gets to the vendor, and how often it is tried again, stands in `adapters/transport.py`. The rule that is easy to break: a
cursor goes on only where the page that it came with could be read, because the puller keeps both in one piece.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from feedback_loop.adapters.transport import Transport
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, CursorExpired

SKEW = timedelta(minutes=5)
"""So much earlier than the last that was seen a source is asked from, whose clock may differ from ours."""

_OK, _NOT_ALLOWED = 200, (401, 403)
_PAGE_SECONDS = 60.0


class PageClient:
    """A client of one source; close it, or use it as a context manager."""

    expired: tuple[int, ...] = (410,)
    """The statuses by which the vendor says that it knows a cursor no longer."""

    def __init__(self, address: str, headers: Mapping[str, str], *, source: str, timeout_seconds: float = _PAGE_SECONDS) -> None:
        self._transport = Transport(address, source, timeout_seconds, {"Accept": "application/json", **headers})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._transport.close()

    @property
    def source(self) -> str:
        """The name of the source."""
        return self._transport.connector

    def asked(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        has_cursor: bool = False,
    ) -> tuple[bytes, Any]:
        """What the vendor answered, as it came and as JSON; with a cursor it may say that it has expired."""
        answer, what = self._transport.fetch(path, query, body, form=form, headers=headers), f"a read of {path}"
        if has_cursor and answer.status_code in self.expired:
            raise CursorExpired(self.source)
        if answer.status_code in _NOT_ALLOWED:
            raise ConnectorUnreachable(self.source, what, f"status {answer.status_code}, so its credentials do not suffice")
        if answer.status_code != _OK:
            raise ConnectorRefused(self.source, what, f"status {answer.status_code}")
        try:
            return answer.content, json.loads(answer.content)
        except (ValueError, RecursionError):
            raise self.unreadable(path) from None

    def unreadable(self, path: str) -> ConnectorUnreachable:
        """The error where an answer is not of the documented form."""
        return ConnectorUnreachable(self.source, f"a read of {path}", "its answer can't be read")


def seconds_of(instant: datetime) -> int:
    """The whole seconds since 1970 in UTC, never after the instant."""
    return int(instant.timestamp() // 1)


def instant_of(seconds: float) -> datetime:
    """The same backwards."""
    return datetime.fromtimestamp(seconds, UTC)
