"""Jira Cloud by its REST API v3: fulfils `ports.ActionSystem` with issues and comments. What they say stands in `work_item.py`.

Jira takes no idempotency keys, so ours is written where it can be looked up: as a label, which its search knows, and as an entity property,
which tells the issue that we made from a clone of it. A comment bears it in its last line, and its issue in a label that is set before.

The rule that is easy to break: the search is an index that lags behind the writes, so "not found" says nothing about a write of a moment
ago. It counts only after `SETTLING`; until then the write stays in doubt, and nothing is sent. Who carries out (`workflows/execute`) waits
by the time of the claim, which outlives the process; this client waits as well for what it sent itself, whoever calls it, and sends nothing
any more when its look-ups took longer than `_WRITE_WITHIN`. What remains: an index that lags for longer, and somebody who takes the label
off in the meantime, could lead to a second issue.

A read that is not allowed (401, 403) is no answer, for it says nothing about the issue; a write that is not allowed wrote nothing and may
be tried again when the credentials are mended. Both are `ConnectorUnreachable`, so that bad credentials fail no action for good.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx2

from feedback_loop.adapters.jira.answers import UNREADABLE, Found, comment_in, comments_in, found_in, is_ours, issue_key_in
from feedback_loop.adapters.jira.work_item import (
    PROPERTY,
    Unfit,
    comment_label,
    comment_of,
    existing_issue,
    issue_label,
    issue_of,
    label_edit,
)
from feedback_loop.adapters.transport import Transport
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import JiraCredentials
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

SETTLING = timedelta(minutes=5)
"""Far longer than the index lags as a rule (seconds), and than a request may take that was sent at the end of its claim's lease."""

_WRITE_WITHIN = timedelta(minutes=2)
"""A write that begins later could end too late to have settled when another process asks for it."""

_API = "/rest/api/3"
_OK, _CREATED, _CLIENT_ERROR, _TIMED_OUT, _NOT_FOUND, _GONE = 200, 201, 400, 408, 404, 410
_NOT_ALLOWED, _DONE = (401, 403), (200, 201, 204)
_MOST_FOUND, _COMMENTS_PER_PAGE, _MOST_COMMENTS = 50, 100, 5_000

T = TypeVar("T")


@dataclass(frozen=True)
class _Order:
    """One action that is being carried out, by its key, in words, and since when."""

    key: str
    what: str
    begun_at: datetime


class JiraClient:
    """A client of one Jira site; close it, or use it as a context manager."""

    settling_time = SETTLING

    def __init__(
        self, rule: Connector, credentials: JiraCredentials, clock: Clock, *, connector: str = "jira", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": _authorization(credentials), "Accept": "application/json"}
        self._transport, self._rule, self._clock = Transport(rule.address, connector, timeout_seconds, headers), rule, clock
        self._search_path = f"{_API}/search"
        self._sent_at: dict[str, datetime] = {}
        self._receipts: dict[str, Receipt] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self._transport.close()

    @property
    def connector(self) -> str:
        """The name under which the outbox knows it."""
        return self._transport.connector

    def perform(self, request: ActionRequest) -> Receipt:
        """The receipt of the issue or comment; the same key again gives the first one and writes nothing."""
        if request.action_kind not in WORK_ITEMS:
            raise ConnectorRefused(self.connector, str(request.action_kind), "no issue can ask for it")
        begun_at = self._clock.now()
        known = self.receipt_for(request.idempotency_key)
        if known is None:
            known = self._write(request, begun_at)
            self._receipts[request.idempotency_key] = Receipt(known.receipt_id, known.idempotency_key, is_repeat=True)
        return known

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        """The receipt of an earlier write under this key; None where the search knows none.

        Raises WriteInDoubt where this client sent it so lately that the search may not know it yet.
        """
        if idempotency_key in self._receipts:
            return self._receipts[idempotency_key]
        receipt_id = self._looked_up(idempotency_key)
        if receipt_id is not None:
            return Receipt(receipt_id, idempotency_key, is_repeat=True)
        sent_at = self._sent_at.get(idempotency_key)
        if sent_at is not None and self._clock.now() < sent_at + self.settling_time:
            raise WriteInDoubt(self.connector, idempotency_key, "the search may not know it yet")
        return None

    def _write(self, request: ActionRequest, begun_at: datetime) -> Receipt:
        order = _Order(request.idempotency_key, f"{request.action_kind} of {request.target}", begun_at)
        project = self._rule.project_of(request.action_kind)
        issue = existing_issue(request, project)
        try:
            if issue is not None:
                return self._commented(issue, comment_of(request), order)
            body = issue_of(request, project, self._rule.issue_type_of(request.action_kind))
        except Unfit as error:
            raise ConnectorRefused(self.connector, order.what, f"{error} is no id, figure or label") from None
        answer = self._sent("POST", f"{_API}/issue", body, order)
        return Receipt(self._read(issue_key_in, answer, order.key), order.key, is_repeat=False)

    def _commented(self, issue: str, body: Mapping[str, Any], order: _Order) -> Receipt:
        """The comments of an issue are known at once, so they are looked at once more before one is added."""
        place = f"{_API}/issue/{quote(issue, safe='')}"
        known = self._comment_on(issue, order.key)
        if known is not None:
            return Receipt(f"{issue}/{known}", order.key, is_repeat=True)
        self._sent("PUT", place, label_edit(order.key), order)
        answer = self._sent("POST", f"{place}/comment", body, order)
        return Receipt(f"{issue}/{self._read(comment_in, answer, order.key)}", order.key, is_repeat=False)

    def _sent(self, method: str, path: str, body: Mapping[str, Any], order: _Order) -> httpx2.Response:
        """The answer of a write that was done."""
        now = self._clock.now()
        if now > order.begun_at + _WRITE_WITHIN:
            raise ConnectorUnreachable(self.connector, order.what, "the look-ups before it took too long")
        self._sent_at[order.key] = now
        try:
            return self._accepted(self._transport.write(method, path, body, order.key, what=order.what), order)
        except ConnectorRefused:
            # Nothing was written, so nothing has to settle.
            del self._sent_at[order.key]
            raise

    def _accepted(self, answer: httpx2.Response, order: _Order) -> httpx2.Response:
        status = answer.status_code
        if status == _TIMED_OUT or (status not in _DONE and status < _CLIENT_ERROR):
            raise WriteInDoubt(self.connector, order.key, f"status {status}")
        if status in _NOT_ALLOWED:
            raise ConnectorUnreachable(self.connector, order.what, f"status {status}, so its credentials do not suffice")
        if status not in _DONE:
            raise ConnectorRefused(self.connector, order.what, f"status {status}")
        return answer

    def _read(self, part: Callable[[Any], str], answer: httpx2.Response, key: str) -> str:
        try:
            return part(answer.json())
        except UNREADABLE:
            raise WriteInDoubt(self.connector, key, "its answer can't be read") from None

    def _looked_up(self, key: str) -> str | None:
        """What was written under the key, as far as the search knows."""
        try:
            label, noted = issue_label(key), comment_label(key)
        except Unfit:
            raise ConnectorRefused(self.connector, "a look-up", "the key is no label") from None
        found = self._search(f'labels in ("{label}", "{noted}") ORDER BY created ASC')
        made = sorted((one for one in found if label in one.labels), key=lambda one: one.number)
        if made:
            return self._original(made, key).issue_key
        for one in found:
            if noted in one.labels and (comment := self._comment_on(one.issue_id, key)) is not None:
                return f"{one.issue_key}/{comment}"
        return None

    def _original(self, made: list[Found], key: str) -> Found:
        """The issue that we made: a clone bears the label too, but not the property; the oldest where none bears it any more."""
        if len(made) == 1:
            return made[0]
        return next((one for one in made if self._has_property(one.issue_id, key)), made[0])

    def _has_property(self, issue_id: str, key: str) -> bool:
        answer = self._transport.fetch(f"{_API}/issue/{issue_id}/properties/{PROPERTY}")
        return answer.status_code != _NOT_FOUND and self._understood(partial(is_ours, key=key), answer, "a property")

    def _search(self, jql: str) -> list[Found]:
        body = {"jql": jql, "maxResults": _MOST_FOUND, "fields": ["labels"]}
        answer = self._transport.fetch(self._search_path, body=body)
        if answer.status_code == _GONE:
            # Sites give up the search of the published description one by one; its successor answers with the same issues.
            self._search_path = f"{_API}/search/jql"
            answer = self._transport.fetch(self._search_path, body=body)
        found = self._understood(found_in, answer, "a search")
        return list({one.issue_id: one for one in found}.values())

    def _comment_on(self, issue: str, key: str) -> str | None:
        """The comment of the issue that bears the key, the newest looked at first."""
        what, start = f"a read of the comments on {issue}", 0
        while start < _MOST_COMMENTS:
            query = {"orderBy": "-created", "startAt": str(start), "maxResults": str(_COMMENTS_PER_PAGE)}
            answer = self._transport.fetch(f"{_API}/issue/{quote(issue, safe='')}/comment", query)
            if answer.status_code == _NOT_FOUND:
                raise ConnectorRefused(self.connector, what, "status 404")
            page = self._understood(partial(comments_in, key=key), answer, what)
            if page.ours is not None or page.is_last:
                return page.ours
            start += page.count
        return None

    def _understood(self, part: Callable[[Any], T], answer: httpx2.Response, what: str) -> T:
        """What the part makes of a good answer to a read; any other answer says nothing about what was written."""
        if answer.status_code != _OK:
            why = ", so its credentials do not suffice" if answer.status_code in _NOT_ALLOWED else ""
            raise ConnectorUnreachable(self.connector, what, f"status {answer.status_code}{why}")
        try:
            return part(answer.json())
        except UNREADABLE:
            raise ConnectorUnreachable(self.connector, what, "its answer can't be read") from None


def _authorization(credentials: JiraCredentials) -> str:
    if credentials.bearer_token is not None:
        return f"Bearer {credentials.bearer_token}"
    return "Basic " + b64encode(f"{credentials.email}:{credentials.api_token}".encode()).decode()
