"""That the comparison with the vendor's description finds what does not fit, in requests and in answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_loop_tests.adapters.intercom.intercom_description import DESCRIPTION, WHY_ABSENT, violations_of
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason=WHY_ABSENT)

HEADERS = {"authorization": "Bearer t", "accept": "application/json", "intercom-version": "2.15", "content-type": "application/json"}
TICKET: dict[str, Any] = {"type": "ticket", "id": "631", "open": True}
CREATE = Asked("POST", "/tickets", {}, HEADERS, {"ticket_type_id": "74", "contacts": [{"id": "c"}], "skip_notifications": True})
SEARCH = Asked("POST", "/tickets/search", {}, HEADERS, {"query": {"field": "title", "operator": "=", "value": "a"}})
UPDATE = Asked("PUT", "/tickets/631", {}, HEADERS, {"open": False, "admin_id": 4})
REPLY = Asked("POST", "/conversations/524/reply", {}, HEADERS, {"message_type": "note", "type": "admin", "admin_id": "4", "body": "b"})
TALK = {
    "type": "conversation",
    "id": "524",
    "conversation_parts": {"type": "conversation_part.list", "conversation_parts": [], "total_count": 0},
}
LIST = {"type": "ticket.list", "tickets": [TICKET], "total_count": 1}


@pytest.mark.parametrize(
    ("asked", "body"),
    [(CREATE, TICKET), (SEARCH, LIST), (UPDATE, TICKET), (REPLY, TALK), (replace(UPDATE, method="GET", body=None), TICKET)],
)
def test_what_fits_is_no_violation(asked: Asked, body: dict[str, Any]) -> None:
    assert violations_of(asked, Answered(200, body)) == []


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (replace(CREATE, body={"contacts": []}), TICKET),
        (replace(CREATE, body={**CREATE.body, "contacts": [{"number": "c"}]}), TICKET),
        (replace(CREATE, body={**CREATE.body, "external_id": "key_1"}), TICKET),
        (replace(CREATE, body={**CREATE.body, "assignment": {"team_assignee_id": 7}}), TICKET),
        (replace(CREATE, headers={**HEADERS, "intercom-version": ""}), TICKET),
        (replace(CREATE, headers={**HEADERS, "content-type": "text/plain"}), TICKET),
        (replace(CREATE, headers={**HEADERS, "authorization": ""}), TICKET),
        (replace(SEARCH, body={}), LIST),
        (replace(SEARCH, body={"query": {"field": "title", "operator": "like", "value": "a"}}), LIST),
        (replace(SEARCH, body={**SEARCH.body, "page": 2}), LIST),
        (replace(UPDATE, body={"state": "resolved"}), TICKET),
        (replace(UPDATE, body={"admin_id": "4"}), TICKET),
        (replace(UPDATE, path="/tickets/OPS-1"), TICKET),
        (replace(UPDATE, method="PATCH"), TICKET),
        (replace(REPLY, body={**REPLY.body, "message_type": "letter"}), TALK),
        (replace(REPLY, body={"body": "b"}), TALK),
        (CREATE, {**TICKET, "id": 631}),
        (CREATE, {**TICKET, "type": "issue"}),
        (SEARCH, {**LIST, "tickets": {}}),
        (REPLY, {"type": "conversation"}),
    ],
)
def test_what_is_not_described_is_a_violation(asked: Asked, body: dict[str, Any]) -> None:
    assert violations_of(asked, Answered(200, body)) != []
