"""A Statuspage of our own: incidents of one page in memory, as its API shows and changes them.

Each request and answer is held against the documented form (`statuspage_forms.py`); what does not fit stands in `violations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from feedback_loop.ports import Clock
from feedback_loop_tests.adapters.statuspage.statuspage_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

API_KEY, PAGE = "k3y-of-nobody", "p4ge"


class StatuspageDesk:
    """Each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.authorization = f"OAuth {API_KEY}"
        self.first_page = 1
        """What the first page of a list is called; the documentation does not say."""
        self.incidents: list[dict[str, Any]] = []
        self.notified: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self._said = 0
        self._lock = Lock()

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append((asked.method, asked.path))
            self.violations += violations_of(asked)
            answer = self._answered(asked)
            self.violations += violations_of_answer(asked, answer)
            return answer

    def open_incident(self, **more: Any) -> dict[str, Any]:
        """An incident that somebody else opened."""
        return self._created({"name": "Slow", "status": "identified", "body": "We know it.", "metadata": {"jira": {"id": "OPS-1"}}, **more})

    def say(self, incident: dict[str, Any], body: str, status: str | None = None) -> None:
        """Somebody tells more of the incident."""
        self._changed(incident, {"body": body, **({} if status is None else {"status": status})})

    def bodies(self, number: int = 0) -> list[str]:
        """What was said of the incident, the first first."""
        return [one["body"] for one in reversed(self.incidents[number]["incident_updates"])]

    def _answered(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != self.authorization:
            return _error(401, "Could not authenticate")
        place = asked.path.removeprefix(f"/v1/pages/{PAGE}/incidents")
        found = next((one for one in self.incidents if place == f"/{one['id']}"), None)
        match asked.method:
            case "GET" if not place:
                return self._listed(asked.query)
            case "POST" if not place and asked.body["incident"].get("component_ids", ["c1"])[0] == "c1":
                return Answered(201, self._created(asked.body["incident"]))
            case "POST" if not place:
                return _error(422, "Component does not exist (who said it)")
            case "GET" if found is not None:
                return Answered(200, found)
            case "PATCH" if found is not None:
                return Answered(200, self._changed(found, asked.body["incident"]))
        return _error(404, "The requested resource could not be found.")

    def _created(self, said: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {"id": f"inc{len(self.incidents) + 1}", "page_id": PAGE, "created_at": self._now(), "incident_updates": []}
        self.incidents.append(made)
        return self._changed(made, said)

    def _changed(self, incident: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in said.items() if name not in ("body", "deliver_notifications")}
        incident |= {"metadata": {}, **incident, **told, "updated_at": self._now()}
        self._said += 1
        update = {"id": f"upd{self._said}", "status": incident["status"], "body": said["body"], "created_at": self._now(self._said)}
        incident["incident_updates"].insert(0, update)
        self.notified += [said["body"]] if said.get("deliver_notifications", True) else []
        return incident

    def _listed(self, query: Mapping[str, str]) -> Answered:
        size, page = int(query["limit"]), int(query.get("page", self.first_page)) - self.first_page
        newest = sorted(self.incidents, key=lambda one: str(one["created_at"]), reverse=True)
        start = max(page, 0) * size
        return Answered(200, newest[start : start + size])

    def _now(self, milliseconds: int = 0) -> str:
        now: datetime = self.clock.now()
        return (now + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(status: int, message: str) -> Answered:
    return Answered(status, {"error": message})
