"""An Intercom of our own: what its API answers to what the connector asks, with a search that lags behind the writes as the real one does.

Each request and each answer is held against the description (`intercom_description.py`); what does not fit stands in `violations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from feedback_loop.ports import Clock
from feedback_loop_tests.adapters.intercom.intercom_description import violations_of
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

TOKEN = "t0ken-of-nobody"
BEARER = f"Bearer {TOKEN}"
ATTRIBUTE, ATTRIBUTE_ID, TYPE, ADMIN, CONTACT = "loop_key", "186", "74", "991267", "6762f2f61bb69f9f2193bc59"

_NOTHING = Answered(404, {"type": "error.list", "errors": [{"code": "not_found", "message": "Resource Not Found"}]})


class IntercomDesk:
    """Tickets and conversations in memory; each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock, index_lag: timedelta = timedelta(0)) -> None:
        self.clock, self.index_lag = clock, index_lag
        self.authorization, self.page_size = BEARER, 50
        self.tickets: dict[str, dict[str, Any]] = {}
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self._indexed: dict[str, list[tuple[datetime, str]]] = {}
        self._lock = Lock()

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append((asked.method, asked.path))
            answer = self._answered(asked)
            # The part at hand describes no answer 401 to a search.
            if (asked.path, answer.status) != ("/tickets/search", 401):
                self.violations += violations_of(asked, answer)
            return answer

    def work_on(self, number: str, **changes: Any) -> None:
        """A teammate changes the ticket."""
        self.tickets[number] |= changes

    def say_on(self, parts: list[dict[str, Any]], kind: str, body: str | None, author: str = "4") -> dict[str, Any]:
        """Somebody adds a part."""
        by = {"type": "admin", "id": author, "name": "Ada", "email": "ada@example.com"}
        part = {"id": str(130 + len(parts)), "part_type": kind, "body": body, "created_at": self._now(), "updated_at": self._now()}
        parts.append({**part, "author": by, "attachments": [], "redacted": False})
        return parts[-1]

    def parts_of(self, number: str) -> list[dict[str, Any]]:
        """The parts of the ticket."""
        parts: list[dict[str, Any]] = self.tickets[number]["ticket_parts"]["ticket_parts"]
        return parts

    def _answered(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != self.authorization:
            return Answered(401, {"type": "error.list", "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}]})
        match asked.method, asked.path.strip("/").split("/"):
            case "POST", ["tickets"]:
                return self._created(asked.body)
            case "POST", ["tickets", "search"]:
                return self._found(asked.body)
            case "GET", ["tickets", number] if number in self.tickets:
                return Answered(200, self.tickets[number])
            case "PUT", ["tickets", number] if number in self.tickets:
                return self._updated(number, asked.body)
            case "POST", ["tickets", number, "reply"] if number in self.tickets:
                return Answered(200, {"type": "ticket_part", **self.say_on(self.parts_of(number), "note", asked.body["body"], ADMIN)})
            case "GET", ["conversations", number] if number in self.conversations:
                return Answered(200, self._conversation(number, asked.query))
            case "POST", ["conversations", number, "reply"] if number in self.conversations:
                self.say_on(self.conversations[number], asked.body["message_type"], asked.body["body"], asked.body["admin_id"])
                return Answered(200, self._conversation(number, {}))
        return _NOTHING

    def _created(self, body: Mapping[str, Any]) -> Answered:
        if body["ticket_type_id"] != TYPE or body["contacts"] != [{"id": CONTACT}] or ATTRIBUTE not in body["ticket_attributes"]:
            return _NOTHING
        number = str(631 + len(self.tickets))
        state = {
            "type": "ticket_state",
            "id": "8537",
            "category": "submitted",
            "internal_label": "Submitted",
            "external_label": "Submitted",
        }
        self.tickets[number] = {
            "type": "ticket",
            "id": number,
            "ticket_id": "38",
            "category": "Back-office",
            "ticket_attributes": dict(body["ticket_attributes"]),
            "ticket_state": state,
            "ticket_type": {"type": "ticket_type", "id": TYPE, "name": "Loop", "category": "Back-office", "archived": False},
            "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": CONTACT}]},
            "admin_assignee_id": "0",
            "team_assignee_id": body.get("assignment", {}).get("team_assignee_id", "0"),
            "created_at": self._now(),
            "updated_at": self._now(),
            "open": True,
            "ticket_parts": {"type": "ticket_part.list", "ticket_parts": [], "total_count": 1},
            "is_shared": False,
        }
        self.say_on(self.parts_of(number), "ticket_state_updated_by_admin", None)
        self.parts_of(number)[0] |= {"ticket_state": "submitted", "previous_ticket_state": "submitted"}
        self._index(number)
        return Answered(200, self.tickets[number])

    def _updated(self, number: str, body: Mapping[str, Any]) -> Answered:
        ticket = self.tickets[number]
        ticket["ticket_attributes"] |= body.get("ticket_attributes", {})
        ticket |= {"open": body.get("open", ticket["open"]), "updated_at": self._now()}
        self._index(number)
        return Answered(200, ticket)

    def _found(self, body: Mapping[str, Any]) -> Answered:
        (exact, among) = body["query"]["value"]
        assert exact == {"field": f"ticket_attribute.{ATTRIBUTE_ID}", "operator": "=", "value": among["value"]}
        rows = [ticket for number, ticket in self.tickets.items() if among["value"] in self._known(number)]
        page = body["pagination"]
        start, size = int(page.get("starting_after", "0")), min(self.page_size, page["per_page"])
        more = {"next": {"per_page": size, "starting_after": str(start + size)}} if start + size < len(rows) else {}
        pages = {"type": "pages", "page": 1, "per_page": size, "total_pages": 1, **more}
        return Answered(200, {"type": "ticket.list", "tickets": rows[start : start + size], "total_count": len(rows), "pages": pages})

    def _index(self, number: str) -> None:
        self._indexed.setdefault(number, []).append((self.clock.now(), self.tickets[number]["ticket_attributes"][ATTRIBUTE]))

    def _known(self, number: str) -> str:
        """The attribute as the index knows it by now."""
        known = [text for at, text in self._indexed.get(number, ()) if at <= self.clock.now() - self.index_lag]
        return known[-1] if known else ""

    def _conversation(self, number: str, query: Mapping[str, str]) -> dict[str, Any]:
        parts = [{"type": "conversation_part", **part} for part in self.conversations[number]]
        if query.get("display_as") == "plaintext":
            parts = [{**part, "body": None if part["body"] is None else _plain(part["body"])} for part in parts]
        listed = {"type": "conversation_part.list", "conversation_parts": parts, "total_count": len(parts)}
        return {"type": "conversation", "id": number, "open": True, "conversation_parts": listed}

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def _plain(body: str) -> str:
    return body.replace("<p>", "").replace("</p>", "\n\n").strip().replace("&amp;", "&")
