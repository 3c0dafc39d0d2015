"""Atlassian Statuspage by its API v1: fulfils `ports.ActionSystem` with incidents of one page. What they say stands in `notice.py`.

The form follows https://developer.statuspage.io (incidents: create, update, get, list). *Not verified against the vendor*: its description
was not at hand, the tests state the documented form themselves.

Statuspage takes no idempotency keys, so ours stands in the metadata of the incident that was made or updated under it; the list is gone
through from the newest incident on, back to the claim. An update is looked for on its own incident before it is written, however old that
is. What was said is never deleted: who read it reads that it did not hold.

The rules that are easy to break: the documentation leaves open whether pages are counted from 0 or from 1, so both are asked for; and
nothing changes on condition, so who writes between our look and our update is only found above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from feedback_loop.adapters.statuspage.answers import Incident, incident_in, incidents_in
from feedback_loop.adapters.statuspage.notice import correction_of, entry_name, existing_incident, incident_of, undone_of, update_of
from feedback_loop.adapters.vendor_client import CREATED, NOT_FOUND, OK, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import Connector

_PER_PAGE, _MOST_PAGES = 100, 50
_RESOLVED = "resolved"

LOOKED_BACK = timedelta(days=2)
"""How far back a key is looked for of which nobody says when it was used first: what carries out says it (`KnowingSince`)."""

CLOCKS_APART = timedelta(minutes=30)
"""So much may Statuspage's clock and ours differ."""


class StatuspageClient(LateVendorClient):
    """A client of one status page; close it, or use it as a context manager."""

    takes = (ActionKind.ANNOTATE_STATUS_PAGE, ActionKind.REVERSE_ACTION)
    done = (OK, CREATED)

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "statuspage", timeout_seconds: float = 10.0
    ) -> None:
        headers = {"Authorization": f"OAuth {credentials['API_KEY']}", "Accept": "application/json"}
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._incidents = f"/v1/pages/{rule.settings['page_id']}/incidents"
        self._since: dict[str, datetime] = {}

    def receipt_since(self, idempotency_key: str, since: datetime) -> Receipt | None:
        """The receipt of a write that was begun at the instant or later."""
        self._since[idempotency_key] = since
        return self.receipt_for(idempotency_key)

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order)
        incident_id = existing_incident(request)
        if incident_id is not None:
            return self._updated(incident_id, request, order)
        answer = self.sent("POST", self._incidents, incident_of(request), order)
        return self.written(partial(_receipt_in, key=order.key), answer, order.key)

    def _updated(self, incident_id: str, request: ActionRequest, order: Order) -> str:
        """The receipt of an update of an incident that is open, written once."""
        incident = self._incident(incident_id)
        known = incident.receipt_id(order.key)
        if known is not None:
            return known
        if incident.status == _RESOLVED:
            raise ConnectorRefused(self.connector, order.what, "the incident is resolved; tell of a new one")
        return self._said(incident, update_of(request, incident.status, incident.metadata), order)

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        """An incident of ours that nobody touched is resolved with a correction, an update is corrected; anything else stays as it is."""
        incident_id, update_id = undone_of(request.arguments.get("undone_receipt_id"))
        incident = self._incident(incident_id)
        known = incident.receipt_id(order.key)
        if known is not None:
            return known
        undone = incident.entry(str(request.arguments.get("undone_key")))
        is_last = len(incident.updates) == 1 if update_id is None else [one.update_id for one in incident.updates[:1]] == [update_id]
        if undone is None or undone.get("status") != incident.status or not is_last:
            raise ConnectorRefused(self.connector, order.what, "it is no longer as it was said, so it was left as it is")
        status = _RESOLVED if update_id is None else incident.status
        return self._said(incident, correction_of(request, status, incident.metadata), order)

    def _said(self, incident: Incident, body: Mapping[str, Any], order: Order) -> str:
        answer = self.sent("PATCH", f"{self._incidents}/{incident.incident_id}", body, order)
        return self.written(partial(_receipt_in, key=order.key, incident_id=incident.incident_id), answer, order.key)

    def _looked_up(self, key: str) -> str | None:
        entry_name(key)
        since = self._since.get(key, self._clock.now() - LOOKED_BACK) - CLOCKS_APART
        found = (incident.receipt_id(key) for incident in self._listed(since))
        return next((receipt_id for receipt_id in found if receipt_id is not None), None)

    def _listed(self, since: datetime) -> Iterator[Incident]:
        """The incidents that were opened since, the newest first; a page that fails says nothing about what was written."""
        what = "the incidents"
        for number in range(_MOST_PAGES):
            # The first page is the one without a number; where pages are counted from 1, the second request brings it once more.
            page = {} if number == 0 else {"page": str(number)}
            answer = self._transport.fetch(self._incidents, {"limit": str(_PER_PAGE), **page})
            rows = self.understood(incidents_in, answer, what)
            yield from rows
            if len(rows) < _PER_PAGE or min(one.created_at for one in rows) < since:
                return
        raise ConnectorUnreachable(self.connector, what, "they have no end")

    def _incident(self, incident_id: str) -> Incident:
        what = f"incident {incident_id}"
        answer = self._transport.fetch(f"{self._incidents}/{incident_id}")
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, what, "status 404")
        return self.understood(partial(incident_in, incident_id=incident_id), answer, what)


def _receipt_in(body: Mapping[str, Any], key: str, incident_id: str | None = None) -> str:
    receipt_id = incident_in(body, incident_id=incident_id, key=key).receipt_id(key)
    if receipt_id is None:
        raise ValueError("another incident")
    return receipt_id
