"""Jira Cloud by its REST API v3: fulfils `ports.ActionSystem` with issues and comments. What they say stands in `work_item.py`.

Jira takes no idempotency keys, so ours is written where it can be looked up: as a label, which its search knows, and as an entity property,
which tells the issue that we made from a clone of it. A comment bears it in its last line, and its issue in a label that is set before.

The rule that is easy to break: the search is an index that lags behind the writes (`LateVendorClient`). What remains: an index that lags
for longer, and somebody who takes the label off in the meantime, could lead to a second issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from feedback_loop.adapters.authorization import jira_account
from feedback_loop.adapters.jira.answers import Found, comment_in, comments_in, found_in, is_ours, issue_key_in
from feedback_loop.adapters.jira.work_item import PROPERTY, comment_label, comment_of, existing_issue, issue_label, issue_of, label_edit
from feedback_loop.adapters.vendor_client import CREATED, GONE, NO_CONTENT, NOT_FOUND, OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import ConnectorRefused
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import WORK_ITEMS, Connector

_API = "/rest/api/3"
_MOST_FOUND, _COMMENTS_PER_PAGE, _MOST_COMMENTS = 50, 100, 5_000


class JiraClient(LateVendorClient):
    """A client of one Jira site; close it, or use it as a context manager."""

    takes = WORK_ITEMS
    done = (OK, CREATED, NO_CONTENT)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "jira", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": jira_account(credentials), "Accept": "application/json"}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._rule, self._search_path = rule, f"{_API}/search"

    def _write(self, request: ActionRequest, order: Order) -> str:
        project = self._rule.project_of(request.action_kind)
        issue = existing_issue(request, project)
        if issue is not None:
            return self._commented(issue, comment_of(request), order)
        body = issue_of(request, project, self._rule.issue_type_of(request.action_kind))
        return self.written(issue_key_in, self.sent("POST", f"{_API}/issue", body, order), order.key)

    def _commented(self, issue: str, body: Mapping[str, Any], order: Order) -> str:
        """The comments of an issue are known at once, so they are looked at once more before one is added."""
        place = f"{_API}/issue/{quote(issue, safe='')}"
        known = self._comment_on(issue, order.key)
        if known is None:
            self.sent("PUT", place, label_edit(order.key), order)
            known = self.written(comment_in, self.sent("POST", f"{place}/comment", body, order), order.key)
        return f"{issue}/{known}"

    def _looked_up(self, key: str) -> str | None:
        """What was written under the key, as far as the search knows."""
        label, noted = issue_label(key), comment_label(key)
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
        return answer.status_code != NOT_FOUND and self.understood(partial(is_ours, key=key), answer, "a property")

    def _search(self, jql: str) -> list[Found]:
        body = {"jql": jql, "maxResults": _MOST_FOUND, "fields": ["labels"]}
        answer = self._transport.fetch(self._search_path, body=body)
        if answer.status_code == GONE:
            # Sites give up the search of the published description one by one; its successor answers with the same issues.
            self._search_path = f"{_API}/search/jql"
            answer = self._transport.fetch(self._search_path, body=body)
        found = self.understood(found_in, answer, "a search")
        return list({one.issue_id: one for one in found}.values())

    def _comment_on(self, issue: str, key: str) -> str | None:
        """The comment of the issue that bears the key, the newest looked at first."""
        what, start = f"a read of the comments on {issue}", 0
        while start < _MOST_COMMENTS:
            query = {"orderBy": "-created", "startAt": str(start), "maxResults": str(_COMMENTS_PER_PAGE)}
            answer = self._transport.fetch(f"{_API}/issue/{quote(issue, safe='')}/comment", query)
            if answer.status_code == NOT_FOUND:
                raise ConnectorRefused(self.connector, what, "status 404")
            page = self.understood(partial(comments_in, key=key), answer, what)
            if page.ours is not None or page.is_last:
                return page.ours
            start += page.count
        return None
