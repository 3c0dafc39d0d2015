"""That the stated form finds what does not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_loop_tests.adapters.vendor_server import Asked
from feedback_loop_tests.adapters.zendesk.zendesk_forms import violations_of

HEADERS = {"authorization": "Basic bG9v", "accept": "application/json"}
READ = Asked("GET", "/api/v2/tickets", {"external_id": "k", "page[size]": "100"}, HEADERS)
SENT = {**HEADERS, "content-type": "application/json"}
CREATE = Asked("POST", "/api/v2/tickets", {}, {**SENT, "idempotency-key": "k"}, {"ticket": {"comment": {"body": "b", "public": False}}})
UPDATE = Asked("PUT", "/api/v2/tickets/7", {}, SENT, {"ticket": {"safe_update": True, "updated_stamp": "2026-01-05T09:30:00Z"}})


def with_ticket(asked: Asked, **fields: Any) -> Asked:
    return replace(asked, body={"ticket": {**asked.body["ticket"], **fields}})


@pytest.mark.parametrize("asked", [READ, CREATE, UPDATE])
def test_what_fits_is_no_violation(asked: Asked) -> None:
    assert violations_of(asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        replace(READ, path="/api/v2/ticket"),
        replace(READ, method="DELETE"),
        replace(READ, query={"externalid": "k"}),
        replace(READ, query={"page[size]": "101"}),
        replace(READ, headers={}),
        replace(READ, headers={**HEADERS, "accept": "*/*"}),
        replace(READ, headers={**HEADERS, "idempotency-key": "k"}),
        replace(READ, path="/api/v2/tickets/show_many", query={}),
        replace(READ, path="/api/v2/tickets/show_many", query={"ids": ",".join("7" * 101)}),
        replace(READ, body={}),
        replace(CREATE, headers=SENT),
        replace(CREATE, headers={**CREATE.headers, "content-type": "text/plain"}),
        replace(CREATE, body={"tickets": []}),
        replace(CREATE, body={"ticket": {"subject": "s"}}),
        with_ticket(CREATE, comment={"body": ""}),
        with_ticket(CREATE, comment={"text": "b", "body": "b"}),
        with_ticket(CREATE, group_id="7"),
        with_ticket(CREATE, type="bug"),
        with_ticket(CREATE, safe_update=True),
        with_ticket(CREATE, colour="red"),
        with_ticket(UPDATE, updated_stamp="yesterday"),
        with_ticket(UPDATE, status="done"),
    ],
)
def test_what_is_not_documented_is_a_violation(asked: Asked) -> None:
    assert violations_of(asked) != []
