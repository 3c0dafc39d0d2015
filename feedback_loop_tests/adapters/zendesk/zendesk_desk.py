"""A Zendesk of our own: what its Support API answers to what the connector asks, with a search that lags behind the writes.

Each request is held against the documented form (`zendesk_forms.py`); what does not fit stands in `violations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from feedback_loop.ports import Clock
from feedback_loop_tests.adapters.vendor_server import Answered, Asked
from feedback_loop_tests.adapters.zendesk.zendesk_forms import violations_of

EMAIL, TOKEN = "loop@example.com", "t0ken-of-nobody"
BASIC = "Basic bG9vcEBleGFtcGxlLmNvbS90b2tlbjp0MGtlbi1vZi1ub2JvZHk="
"""The header that these two make, with `/token` behind the e-mail."""

ME, AGENT, OTHER_GROUP, GROUP = 901, 902, 71, 70
_KEY_LIVES = timedelta(hours=2)
_MACRO = {"result": {"ticket": {"comment": {"body": "Hello, we owe you news.\n", "public": False}, "group_id": GROUP}}}


class ZendeskDesk:
    """Tickets and their audits in memory; each request is answered as a whole, one after the other."""

    def __init__(self, clock: Clock, search_lag: timedelta = timedelta(0)) -> None:
        self.clock, self.search_lag = clock, search_lag
        self.authorization, self.page_size = BASIC, 100
        self.tickets: dict[int, dict[str, Any]] = {}
        self.audits: dict[int, list[dict[str, Any]]] = {}
        self.members = {GROUP: {ME, AGENT}, OTHER_GROUP: {ME}}
        self.asked: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.tick = timedelta(seconds=1)
        """So much later than the one before is each change, for stamps have seconds."""
        self._by_key: dict[str, tuple[datetime, Any, int]] = {}
        self._passed = timedelta(0)
        self._lock = Lock()

    def answer(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append((asked.method, asked.path))
            self.violations += violations_of(asked)
            if asked.headers.get("authorization") != self.authorization:
                return Answered(401, {"error": "Couldn't authenticate you"})
            match asked.method, asked.path.removeprefix("/api/v2/").split("/"):
                case "POST", ["tickets"]:
                    return self._created(asked.body["ticket"], asked.headers["idempotency-key"])
                case "GET", ["tickets"]:
                    rows = [t for t in self.tickets.values() if t["external_id"] == asked.query["external_id"]]
                    return self._page("tickets", rows, asked.query)
                case "GET", ["tickets", "show_many"]:
                    ids = [int(one) for one in asked.query["ids"].split(",")]
                    return Answered(200, {"tickets": [self.tickets[one] for one in ids if one in self.tickets], "count": len(ids)})
                case "GET", ["search"]:
                    return self._searched(asked.query["query"])
                case "GET", ["macros", "5", "apply"]:
                    return Answered(200, _MACRO)
                case method, ["tickets", number, *part] if int(number) in self.tickets:
                    return self._of_ticket(int(number), method, part, asked)
            return Answered(404, {"error": "RecordNotFound", "description": "Not found"})

    def open_ticket(self, number: int, group: int | None = GROUP, assignee: int | None = AGENT) -> None:
        """A ticket of a customer."""
        self._kept(number, {"subject": "help", "group_id": group, "assignee_id": assignee, "tags": ["vip"], "external_id": None}, {})

    def work_on(self, number: int, **changes: Any) -> None:
        """An agent changes the ticket."""
        self._changed(number, changes)

    def keys_of(self, number: int) -> list[str]:
        """Our keys that its audits bear."""
        return [key for audit in self.audits[number] if (key := audit["metadata"]["custom"].get("feedback_loop_key"))]

    def notes_of(self, number: int) -> list[str]:
        """The comments on the ticket, the first one first, all of which must be private."""
        comments = [event for audit in self.audits[number] for event in audit["events"] if event["type"] == "Comment"]
        assert all(comment["public"] is False for comment in comments)
        return [comment["body"] for comment in comments]

    def _created(self, ticket: Mapping[str, Any], key: str) -> Answered:
        used = self._by_key.get(key)
        if used is not None and self.clock.now() < used[0] + _KEY_LIVES:
            if used[1] != ticket:
                return Answered(400, {"error": "IdempotentRequestError", "description": "Request parameters don't match the given key"})
            return Answered(201, {"ticket": self.tickets[used[2]]}, {"x-idempotency-lookup": "hit"})
        if ticket.get("group_id", GROUP) not in self.members:
            return Answered(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": {}})
        number = 1_001 + len(self.tickets)
        self._by_key[key] = (self.clock.now(), dict(ticket), number)
        self._kept(number, {"group_id": None, "assignee_id": None, **ticket}, ticket["comment"])
        return Answered(201, {"ticket": self.tickets[number]}, {"x-idempotency-lookup": "miss"})

    def _kept(self, number: int, ticket: Mapping[str, Any], comment: Mapping[str, Any]) -> None:
        shown = {name: value for name, value in ticket.items() if name != "comment"}
        self._passed += self.tick
        made = {"id": number, "status": "open", "requester_id": ME, "created_at": self._now(), "updated_at": self._now()}
        self.tickets[number] = {**made, **shown}
        self.audits[number] = []
        self._audit(number, [{"id": 1, "type": "Comment", **comment}] if comment else [], {})

    def _of_ticket(self, number: int, method: str, part: list[str], asked: Asked) -> Answered:
        match method, part:
            case "GET", []:
                return Answered(200, {"ticket": self.tickets[number]})
            case "GET", ["audits"]:
                return self._page("audits", self.audits[number], asked.query)
            case "PUT", []:
                return self._updated(number, asked.body["ticket"])
        return Answered(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def _updated(self, number: int, said: Mapping[str, Any]) -> Answered:
        ticket = self.tickets[number]
        if said.get("safe_update") and ticket["updated_at"] > said["updated_stamp"]:
            why = "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
            return Answered(409, {"error": "UpdateConflict", "description": why})
        if ticket["status"] == "closed" or said.get("group_id") not in {None, *self.members}:
            return Answered(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": {}})
        shown = {k: v for k, v in said.items() if k not in ("comment", "metadata", "safe_update", "updated_stamp")}
        audit = self._changed(number, shown, said.get("comment"), said.get("metadata", {}))
        return Answered(200, {"ticket": self.tickets[number], "audit": audit})

    def _changed(
        self, number: int, changes: Mapping[str, Any], comment: Mapping[str, Any] | None = None, metadata: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        ticket, changes = self.tickets[number], dict(changes)
        if "group_id" in changes and ticket["assignee_id"] not in self.members.get(changes["group_id"], {ticket["assignee_id"]}):
            changes.setdefault("assignee_id", None)
        events: list[dict[str, Any]] = [
            {"id": 2, "type": "Change", "field_name": name, "value": _said(value), "previous_value": _said(ticket.get(name))}
            for name, value in changes.items()
            if ticket.get(name) != value
        ]
        self._passed += self.tick
        ticket |= {**changes, "updated_at": self._now()}
        return self._audit(number, [*events, *([{"id": 3, "type": "Comment", **comment}] if comment else [])], metadata or {})

    def _audit(self, number: int, events: list[dict[str, Any]], metadata: Mapping[str, Any]) -> dict[str, Any]:
        audit = {
            "id": number * 1_000 + len(self.audits[number]),
            "ticket_id": number,
            "author_id": ME,
            "created_at": self._now(),
            "metadata": {"system": {}, "custom": dict(metadata)},
            "events": events,
        }
        self.audits[number].append(audit)
        return audit

    def _searched(self, query: str) -> Answered:
        tag, known_until = query.removeprefix("type:ticket tags:"), self._now(self.search_lag)
        rows = [t for t in self.tickets.values() if tag in t["tags"] and t["updated_at"] <= known_until]
        return Answered(200, {"results": [{**t, "result_type": "ticket"} for t in rows], "count": len(rows), "next_page": None})

    def _page(self, name: str, rows: list[dict[str, Any]], query: Mapping[str, str]) -> Answered:
        start, size = int(query.get("page[after]", "0")), min(self.page_size, int(query["page[size]"]))
        has_more = start + size < len(rows)
        meta = {"has_more": has_more, "after_cursor": str(start + size) if has_more else None, "before_cursor": None}
        return Answered(200, {name: rows[start : start + size], "meta": meta, "links": {"next": None, "prev": None}})

    def _now(self, before: timedelta = timedelta(0)) -> str:
        return (self.clock.now() + self._passed - before).strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(value: object) -> Any:
    return value if value is None or isinstance(value, list) else str(value)
