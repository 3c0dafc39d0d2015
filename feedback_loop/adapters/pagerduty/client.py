"""PagerDuty by its REST API v2: fulfils `ports.ActionSystem` with incidents. What they say stands in `incident.py`.

The form followed is that of https://developer.pagerduty.com/api-reference (operations createIncident, listIncidents, getIncident,
updateIncident, createIncidentNote, listIncidentNotes). *Not verified against the vendor.*

The rule that is easy to break: PagerDuty refuses a second incident under a key only while the first is open, so the key is looked up first,
over all time. A reversal has no key that can be looked up: a note with it goes before the resolution, and by that note it is known when
it is asked for again. An incident that people work on is left to them; between the look and the resolution somebody may still begin to,
for there are no versions.
"""

from __future__ import annotations

from datetime import timedelta

import httpx2

from feedback_loop.adapters.action_words import fit_key
from feedback_loop.adapters.pagerduty.answers import Incident, Note, incident_in, is_key_known, note_in, notes_in, page_in
from feedback_loop.adapters.pagerduty.incident import Undone, bears, incident_of, is_of_the_loop, note_of, resolution_of, undone_of
from feedback_loop.adapters.vendor_client import CREATED, NOT_FOUND, OK, UNREADABLE, LateVendorClient, Order
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import Clock
from feedback_loop.remediation.connectors import Connector

_ACCEPT = "application/vnd.pagerduty+json;version=2"
_BAD_REQUEST = 400
_PER_PAGE, _MOST_PAGES = 100, 50
_OPEN, _RESOLVED = "triggered", "resolved"


class PagerDutyClient(LateVendorClient):
    """A client of one PagerDuty account; close it, or use it as a context manager."""

    takes = (ActionKind.OPEN_INCIDENT, ActionKind.REVERSE_ACTION)
    done = (OK, CREATED)
    settling_time = timedelta(minutes=3)
    """Shorter than elsewhere, since people are to be called: a write begins within two minutes, and its key refuses a second incident."""

    def __init__(
        self, rule: Connector, credentials: Credentials, clock: Clock, *, connector: str = "pagerduty", timeout_seconds: float = 10.0
    ) -> None:
        headers = {
            "Authorization": f"Token token={credentials['API_TOKEN']}",
            "Accept": _ACCEPT,
            "Content-Type": "application/json",
            "From": credentials["FROM_EMAIL"],
        }
        super().__init__(rule.address, headers, clock, connector=connector, timeout_seconds=timeout_seconds)
        self._settings = rule.settings

    def _write(self, request: ActionRequest, order: Order) -> str:
        if request.action_kind in TAKES_BACK:
            return self._taken_back(request, order)
        answer = self.sent("POST", "/incidents", incident_of(request, self._settings), order)
        if answer.status_code == _BAD_REQUEST:
            known = self._looked_up(order.key)
            if known is None:
                raise WriteInDoubt(self.connector, order.key, "an open incident bears the key, but is not shown yet")
            return known
        return self.written(incident_in, answer, order.key).incident_id

    def _looked_up(self, key: str) -> str | None:
        query = {"incident_key": fit_key(key), "date_range": "all", "sort_by": "created_at:asc", "limit": str(_PER_PAGE)}
        for number in range(_MOST_PAGES):
            answer = self._transport.fetch("/incidents", {**query, "offset": str(number * _PER_PAGE)})
            page = self.understood(page_in, answer, "a look-up")
            # Without a key of its own it was found by that of an alert below it.
            for incident in page.incidents:
                if incident.key in (None, key):
                    return incident.incident_id
            if not page.has_more:
                return None
        raise ConnectorUnreachable(self.connector, "a look-up", "its answer has no end")

    def _taken_back(self, request: ActionRequest, order: Order) -> str:
        undone, note = undone_of(request), note_of(request)
        path = f"/incidents/{undone.incident_id}"
        incident, notes = self._incident(path, order), self.understood(notes_in, self._transport.fetch(f"{path}/notes"), "notes")
        ours = next((one for one in notes if bears(one.content, order.key)), None)
        if ours is not None and incident.status == _RESOLVED:
            return f"{undone.incident_id}/{ours.note_id}"
        if why := self._touched(incident, notes, undone):
            raise ConnectorRefused(self.connector, order.what, why)
        if ours is None:
            ours = self.written(note_in, self.sent("POST", f"{path}/notes", note, order), order.key)
        resolved = self.written(incident_in, self.sent("PUT", path, resolution_of(request), order), order.key)
        if resolved.status != _RESOLVED:
            raise WriteInDoubt(self.connector, order.key, f"the incident is {resolved.status[:40]!r}, not {_RESOLVED}")
        return f"{undone.incident_id}/{ours.note_id}"

    def _incident(self, path: str, order: Order) -> Incident:
        answer = self._transport.fetch(path)
        if answer.status_code == NOT_FOUND:
            raise ConnectorRefused(self.connector, order.what, "the incident is gone")
        return self.understood(incident_in, answer, "an incident")

    def _touched(self, incident: Incident, notes: list[Note], undone: Undone) -> str | None:
        """Why the incident is not to be resolved; None where it is as the loop left it and nobody works on it."""
        ours = (undone.key, undone.title, self._settings["service_id"])
        if (incident.key, incident.title, incident.service_id) != ours:
            return "the incident is not as the loop left it"
        if incident.status == _RESOLVED:
            return "somebody resolved the incident already"
        if incident.status != _OPEN or incident.is_acknowledged or not all(is_of_the_loop(note.content) for note in notes):
            return "people work on the incident, so it is theirs to resolve"
        return None

    def _accepted(self, answer: httpx2.Response, order: Order) -> httpx2.Response:
        return answer if answer.status_code == _BAD_REQUEST and _says_the_key_is_known(answer) else super()._accepted(answer, order)


def _says_the_key_is_known(answer: httpx2.Response) -> bool:
    try:
        return is_key_known(answer.json())
    except UNREADABLE:
        return False
