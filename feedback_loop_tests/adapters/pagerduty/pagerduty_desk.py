"""A PagerDuty of our own: incidents with keys, notes and acknowledgements, answered as its REST API does."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.ports import Clock

EMAIL, TOKEN = "loop@example.com", "t0ken-of-nobody"
SERVICE = "PSERV1C"

Incident = dict[str, Any]


class PagerDutyDesk:
    """Incidents in memory; each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.token = TOKEN
        self.incidents: dict[str, Incident] = {}
        self.notes: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.page_size = 100
        self.shows_nothing = False
        self._lock = Lock()

    def answer(self, request: DeskRequest) -> DeskAnswer:
        with self._lock:
            self.asked.append((request.method, request.path))
            if request.authorization != f"Token token={self.token}":
                return error(401, 2006, "Unauthorized")
            match request.method, request.path.strip("/").split("/"):
                case "GET", ["incidents"]:
                    return self._found(request.query)
                case "POST", ["incidents"]:
                    return self._opened(request.body["incident"])
                case method, ["incidents", number, *rest] if number in self.incidents:
                    return self._of_incident(number, method, rest, request.body)
        return error(404, 2100, "Not Found")

    def acknowledge(self, incident_id: str) -> None:
        """Somebody takes it on."""
        acknowledger = {"id": "PUSER01", "type": "user_reference"}
        acknowledgements = [{"at": _at(self.clock), "acknowledger": acknowledger}]
        self.incidents[incident_id] |= {"status": "acknowledged", "acknowledgements": acknowledgements}

    def note(self, incident_id: str, content: str) -> dict[str, Any]:
        """Somebody writes a note."""
        notes = self.notes[incident_id]
        notes.append({"id": f"{incident_id}N{len(notes)}", "content": content, "created_at": _at(self.clock), "user": {}})
        return notes[-1]

    def others(self, count: int, key: str) -> None:
        """Incidents under keys that begin as ours does, which a look-up that is not exact would show first."""
        service = {"id": "POTHER", "type": "service_reference"}
        for number in range(count):
            self._add({"title": f"other {number}", "service": service, "incident_key": f"{key}{number}"})

    def _found(self, query: Mapping[str, str]) -> DeskAnswer:
        key, offset, limit = query["incident_key"], int(query["offset"]), min(int(query["limit"]), self.page_size)
        found = [one for one in self.incidents.values() if str(one["incident_key"]).startswith(key) and not self.shows_nothing]
        page = found[offset : offset + limit]
        return DeskAnswer(200, {"incidents": page, "limit": limit, "offset": offset, "more": offset + limit < len(found), "total": None})

    def _opened(self, sent: Incident) -> DeskAnswer:
        if sent["service"]["id"] != SERVICE:
            return error(400, 2001, "Invalid Input Provided", "Service cannot be found")
        same = (one for one in self.incidents.values() if one["incident_key"] == sent["incident_key"] and one["status"] != "resolved")
        if next(same, None) is not None:
            return error(400, 2002, "Arguments Caused Error", "Open incident with matching dedup key already exists on this service")
        return DeskAnswer(201, {"incident": self._add(sent)})

    def _add(self, sent: Incident) -> Incident:
        number = f"PINC{len(self.incidents) + 1}"
        kept = {name: sent[name] for name in ("title", "service", "incident_key")}
        state = {"status": "triggered", "acknowledgements": [], "created_at": _at(self.clock)}
        self.incidents[number], self.notes[number] = {"id": number, "type": "incident", **kept, **state}, []
        return self.incidents[number]

    def _of_incident(self, number: str, method: str, rest: list[str], body: Mapping[str, Any]) -> DeskAnswer:
        incident = self.incidents[number]
        match method, rest:
            case "GET", []:
                return DeskAnswer(200, {"incident": incident})
            case "PUT", []:
                if incident["status"] == "resolved":
                    return error(400, 2001, "Invalid Input Provided", "Incident Already Resolved")
                incident["status"] = body["incident"]["status"]
                return DeskAnswer(200, {"incident": incident})
            case "GET", ["notes"]:
                return DeskAnswer(200, {"notes": self.notes[number]})
            case "POST", ["notes"]:
                return DeskAnswer(200, {"note": self.note(number, body["note"]["content"])})
        return error(404, 2100, "Not Found")


def error(status: int, code: int, message: str, *why: str) -> DeskAnswer:
    """The documented form of an error."""
    return DeskAnswer(status, {"error": {"message": message, "code": code, **({"errors": list(why)} if why else {})}})


def _at(clock: Clock) -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
