"""The documented form of the requests that the connector may send to Zendesk, stated here by hand.

From https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ (Create, Update, Show, Show Multiple, List Tickets),
…/tickets/ticket_audits/, …/ticket-management/search/, …/business-rules/macros/ and …/introduction/ (authentication, pagination,
idempotency), as remembered and as quoted by public projects; *not verified against the vendor*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feedback_loop_tests.adapters.vendor_server import Asked

_PAGES = ("page[size]", "page[after]")


@dataclass(frozen=True)
class _Form:
    method: str
    path: str
    query: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Of the query."""


_FORMS = (
    _Form("GET", r"/api/v2/tickets", ("external_id", *_PAGES)),
    _Form("POST", r"/api/v2/tickets"),
    _Form("GET", r"/api/v2/tickets/show_many", ("ids",), ("ids",)),
    _Form("GET", r"/api/v2/tickets/[0-9]+"),
    _Form("PUT", r"/api/v2/tickets/[0-9]+"),
    _Form("GET", r"/api/v2/tickets/[0-9]+/audits", _PAGES),
    _Form("GET", r"/api/v2/search", ("query",), ("query",)),
    _Form("GET", r"/api/v2/macros/[0-9]+/apply"),
)
_WRITABLE: Mapping[str, tuple[type, ...]] = {
    "subject": (str,), "comment": (dict,), "external_id": (str,), "tags": (list,), "type": (str,), "status": (str,),
    "group_id": (int, type(None)),
    "brand_id": (int,), "assignee_id": (int, type(None)), "macro_ids": (list,), "metadata": (dict,),
}  # fmt: skip
_OF_AN_UPDATE: Mapping[str, tuple[type, ...]] = {"safe_update": (bool,), "updated_stamp": (str,)}
_WORDS = {
    "type": {"problem", "incident", "question", "task"},
    "status": {"new", "open", "pending", "hold", "solved", "closed"},
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_MOST_IDS, _LONGEST_KEY, _LARGEST_PAGE = 100, 255, 100


def violations_of(asked: Asked) -> list[str]:
    """What of the request is not of the documented form."""
    form = next((form for form in _FORMS if form.method == asked.method and re.fullmatch(form.path, asked.path)), None)
    if form is None:
        return [f"{asked.method} {asked.path} is not documented"]
    return [*_of_query(form, asked), *_of_headers(asked), *(_of_body(asked) if asked.method in ("POST", "PUT") else _of_no_body(asked))]


def _of_query(form: _Form, asked: Asked) -> Iterator[str]:
    yield from (f"unknown parameter {name}" for name in asked.query if name not in form.query)
    yield from (f"parameter {name} is missing" for name in form.needs if not asked.query.get(name))
    if len(asked.query.get("ids", "").split(",")) > _MOST_IDS:
        yield "more than 100 ids"
    if not 0 < int(asked.query.get("page[size]", 1)) <= _LARGEST_PAGE:
        yield "a page is no page"


def _of_headers(asked: Asked) -> Iterator[str]:
    if not re.fullmatch(r"(Basic [A-Za-z0-9+/=]+|Bearer \S+)", asked.headers.get("authorization", "")):
        yield "no authorization"
    if asked.headers.get("accept") != "application/json":
        yield "no JSON is accepted"
    key = asked.headers.get("idempotency-key")
    if (asked.method == "POST") != (key is not None) or not 0 < len(key or "key") <= _LONGEST_KEY:
        yield "a ticket is created with an idempotency key, and nothing else is"


def _of_no_body(asked: Asked) -> Iterator[str]:
    if asked.body is not None:
        yield "a read has a body"


def _of_body(asked: Asked) -> Iterator[str]:
    if asked.headers.get("content-type") != "application/json":
        yield "the body is no JSON"
    if not isinstance(asked.body, dict) or set(asked.body) != {"ticket"}:
        yield "the body is one ticket"
        return
    ticket = asked.body["ticket"]
    known = _WRITABLE if asked.method == "POST" else {**_WRITABLE, **_OF_AN_UPDATE}
    yield from (f"{name} is no field, or not of its type" for name, value in ticket.items() if not isinstance(value, known.get(name, ())))
    yield from (f"{name} is no word of its list" for name, words in _WORDS.items() if name in ticket and ticket[name] not in words)
    comment = ticket.get("comment", {"body": "none"} if asked.method == "PUT" else {})
    if not comment.get("body") or set(comment) - {"body", "public"}:
        yield "a comment has a body"
    if ticket.get("safe_update") and not _INSTANT.fullmatch(str(ticket.get("updated_stamp"))):
        yield "a safe update needs the stamp of the last change"
