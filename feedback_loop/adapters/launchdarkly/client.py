"""LaunchDarkly by its REST API v2: fulfils `ports.ActionSystem` by setting flags back. What is sent stands in `flag_patch.py`.

The form follows https://launchdarkly.com/docs/api (Updates using JSON patch, Updates with comments, Errors), …/api/feature-flags and
…/api/audit-log. *Not verified against the vendor*: its description was not at hand, the tests state the documented form themselves.

What is to be set back is named by the ids of its entries in the audit log, as the source `launchdarkly` takes them over: from the first one
the state before is taken, from the last one the state after. The patch begins with a test of the flag's version in its environment, so that
of two writes under one key only one can come in, and nothing that somebody else changed is overwritten. Our key stands in the comment,
which the audit log keeps; the list is gone through from the newest entry on, back to the claim.

The rule that is easy to break: the environments that connectors.yaml allows hold for the one that the entry names too, not only for what
the action says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import httpx2

from feedback_loop.adapters.action_words import fit_key
from feedback_loop.adapters.launchdarkly.answers import Change, Entry, change_in, page_in, state_in
from feedback_loop.adapters.launchdarkly.flag_patch import Place, State, bears, changes_of, comment_of, left_of, patch_of
from feedback_loop.adapters.vendor_client import CONFLICT, NOT_FOUND, OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import Connector

_FLAGS, _LOG = "/api/v2/flags", "/api/v2/auditlog"
_VERSION = "20240415"
_PER_PAGE, _MOST_PAGES = 20, 100

LOOKED_BACK = timedelta(days=2)
"""How far back a key is looked for of which nobody says when it was used first: what carries out says it (`KnowingSince`)."""

CLOCKS_APART = timedelta(minutes=30)
"""So much may LaunchDarkly's clock and ours differ."""


class LaunchDarklyClient(LateVendorClient):
    """A client of one project; close it, or use it as a context manager."""

    takes = (ActionKind.ROLL_BACK_CONFIG, ActionKind.REVERSE_ACTION)
    done = (OK,)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "launchdarkly", timeout_seconds: float = 10.0
    ) -> None:
        # The token stands alone, without the word Bearer before it.
        headers = {"Authorization": credentials["ACCESS_TOKEN"], "Accept": "application/json", "LD-API-Version": _VERSION}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._project, self._allowed = rule.settings["project"], rule.environments
        self._since: dict[str, datetime] = {}

    def receipt_since(self, idempotency_key: str, since: datetime) -> Receipt | None:
        """The receipt of a write that was begun at the instant or later."""
        self._since[idempotency_key] = since
        return self.receipt_for(idempotency_key)

    def _write(self, request: ActionRequest, order: Order) -> str:
        fit_key(order.key)
        return self._taken_back(request, order) if request.action_kind in TAKES_BACK else self._set_back(request, order)

    def _set_back(self, request: ActionRequest, order: Order) -> str:
        """The flag as it was before the changes, where it is still as they left it."""
        changes = sorted((self._change(entry_id, order) for entry_id in changes_of(request)), key=lambda one: one.date)
        place = self._place(changes, request, order)
        before, after = self._joined(changes, order)
        now = self._state(place)
        if now.version != after.version:
            raise ConnectorRefused(self.connector, order.what, "somebody changed the flag since, so it was left as it is")
        return self._patched(place, now, patch_of(place, now, before, after), request, order)

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        """The flag as it was before we set it back, where it is still as we left it."""
        left = left_of(request.arguments.get("undone_receipt_id"))
        undone_key = fit_key(str(request.arguments.get("undone_key")))
        self._check(left.place.environment, request, order)
        now = self._state(left.place)
        if now.version != left.version:
            raise ConnectorRefused(self.connector, order.what, "somebody changed the flag since, so it was left as it is")
        entry = self._entry_of(undone_key, f"proj/{self._project}:env/{left.place.environment}:flag/{left.place.flag}", None)
        if entry is None:
            raise ConnectorRefused(self.connector, order.what, "the audit log does not know what it was before")
        before, after = self._joined([self._change(entry.entry_id, order)], order)
        return self._patched(left.place, now, patch_of(left.place, now, before, after), request, order)

    def _patched(self, place: Place, now: State, patch: list[dict[str, Any]], request: ActionRequest, order: Order) -> str:
        if not patch:
            raise ConnectorRefused(self.connector, order.what, "the change left nothing that could be set back")
        answer = self.sent("PATCH", self._path(place), {"comment": comment_of(request), "patch": patch}, order)
        after = self.written(partial(state_in, place=place), answer, order.key)
        if after.version <= now.version:
            raise WriteInDoubt(self.connector, order.key, "its answer tells of no change")
        return place.receipt_id(after)

    def _joined(self, changes: list[Change], order: Order) -> tuple[State, State]:
        """The states before the first and after the last change, where nobody else's lies between them."""
        steps = [(change.before, change.after) for change in changes]
        versions = [[None if state is None else state.version for state in step] for step in steps]
        is_whole = all(one[1] == two[0] for one, two in pairwise(versions))
        before, after = steps[0][0], steps[-1][1]
        if before is None or after is None or not is_whole:
            why = "what the flag was before is not known" if is_whole else "somebody else's change lies between those to be set back"
            raise ConnectorRefused(self.connector, order.what, why)
        return before, after

    def _place(self, changes: list[Change], request: ActionRequest, order: Order) -> Place:
        """The one flag in the one environment that all changes are about, where the loop may touch it."""
        places = {change.place for change in changes}
        place = next(iter(places)) if len(places) == 1 else None
        if place is None or not all(change.is_of_project for change in changes):
            why = f"only changes of one flag in one environment of {self._project} can be set back at once"
            raise ConnectorRefused(self.connector, order.what, why)
        self._check(place.environment, request, order)
        return place

    def _check(self, environment: str, request: ActionRequest, order: Order) -> None:
        """Raises ConnectorRefused where the environment is none that connectors.yaml allows, or another than the action names."""
        is_other = request.arguments.get("environment") not in (None, environment)
        if is_other or (self._allowed is not None and environment not in self._allowed):
            raise ConnectorRefused(self.connector, order.what, f"it would change the environment {environment}, which is not allowed")

    def _looked_up(self, key: str) -> str | None:
        since = self._since.get(key, self._clock.now() - LOOKED_BACK) - CLOCKS_APART
        entry = self._entry_of(fit_key(key), f"proj/{self._project}:env/*:flag/*", since)
        if entry is None:
            return None
        what = f"entry {entry.entry_id}"
        change = self.understood(partial(change_in, entry_id=entry.entry_id, project=self._project), self._read_entry(entry.entry_id), what)
        if change.place is None or change.after is None:
            raise ConnectorUnreachable(self.connector, what, "its answer can't be read")
        return change.place.receipt_id(change.after)

    def _entry_of(self, key: str, spec: str, since: datetime | None) -> Entry | None:
        """The entry of the audit log whose comment bears the key, the first one of them."""
        ours = [entry for entry in self._entries(spec, since) if bears(entry.comment, key)]
        return min(ours, key=lambda one: one.date, default=None)

    def _entries(self, spec: str, since: datetime | None) -> Iterator[Entry]:
        """The entries from the newest on; a page that fails says nothing about what was written."""
        query, seen = {"spec": spec, "limit": str(_PER_PAGE)}, set[str]()
        query |= {} if since is None else {"after": str(_millis(since))}
        for _ in range(_MOST_PAGES):
            page = self.understood(partial(page_in, limit=_PER_PAGE), self._transport.fetch(_LOG, query), "the audit log")
            new = [entry for entry in page.entries if entry.entry_id not in seen]
            seen |= {entry.entry_id for entry in new}
            yield from new
            if page.is_last or not page.entries:
                return
            oldest = min(entry.date for entry in page.entries)
            # Entries of one instant may stand on both sides of the border, so the next page begins with it, unless it was all of this one.
            query["before"] = str(oldest + 1 if new else oldest)
        raise ConnectorUnreachable(self.connector, "the audit log", "it has no end")

    def _change(self, entry_id: str, order: Order) -> Change:
        answer = self._read_entry(entry_id)
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, order.what, "the audit log has no such entry")
        return self.understood(partial(change_in, entry_id=entry_id, project=self._project), answer, f"entry {entry_id}")

    def _read_entry(self, entry_id: str) -> httpx2.Response:
        return self._transport.fetch(f"{_LOG}/{quote(entry_id, safe='')}")

    def _state(self, place: Place) -> State:
        what = f"flag {place.flag}"
        answer = self._transport.fetch(self._path(place), {"env": place.environment})
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return self.understood(partial(state_in, place=place), answer, what)

    def _path(self, place: Place) -> str:
        return f"{_FLAGS}/{quote(self._project, safe='')}/{quote(place.flag, safe='')}"

    def _accepted(self, answer: httpx2.Response, order: Order) -> httpx2.Response:
        if answer.status_code == CONFLICT:
            # Somebody was faster: another, or a write of ours under this key, of which the audit log will tell.
            raise WriteInDoubt(self.connector, order.key, "the flag is another by now")
        return super()._accepted(answer, order)


def _millis(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
