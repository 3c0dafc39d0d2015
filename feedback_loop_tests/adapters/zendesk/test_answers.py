"""Answers that a proxy or an enemy could give: whatever is not of the documented form can't be read, and becomes no receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_loop.adapters.vendor_client import UNREADABLE
from feedback_loop.adapters.zendesk.answers import (
    audit_page,
    by_key,
    error_in,
    keyed_page,
    made_in,
    noted_in,
    stamp_of,
    tagged_in,
    ticket_in,
    tickets_in,
    version_of,
    wording_in,
)

TICKET: dict[str, Any] = {"id": 7, "status": "open", "updated_at": "2026-01-05T09:30:00Z", "external_id": "key_1", "tags": ["a"]}
AUDIT: dict[str, Any] = {"id": 70, "ticket_id": 7, "created_at": "2026-01-05T09:30:00Z", "metadata": {}, "events": []}
MORE = {"has_more": True, "after_cursor": "c"}


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (ticket_in, None),
        (ticket_in, []),
        (ticket_in, {}),
        (ticket_in, {"ticket": 7}),
        (ticket_in, {"ticket": {**TICKET, "id": "7"}}),
        (ticket_in, {"ticket": {**TICKET, "id": True}}),
        (ticket_in, {"ticket": {**TICKET, "id": 0}}),
        (ticket_in, {"ticket": {**TICKET, "updated_at": "yesterday"}}),
        (ticket_in, {"ticket": {**TICKET, "updated_at": "2026-01-05T09:30:00"}}),
        (ticket_in, {"ticket": {**TICKET, "updated_at": 1_767_605_400}}),
        (ticket_in, {"ticket": {**TICKET, "group_id": "7"}}),
        (ticket_in, {"ticket": {**TICKET, "tags": "a"}}),
        (lambda body: ticket_in(body, "8"), {"ticket": TICKET}),
        (lambda body: made_in(body, "key_2"), {"ticket": TICKET}),
        (lambda body: noted_in(body, "7"), {"ticket": TICKET}),
        (lambda body: noted_in(body, "7"), {"ticket": TICKET, "audit": {**AUDIT, "ticket_id": 8}}),
        (tickets_in, {"tickets": None}),
        (lambda body: keyed_page(body, "key_2"), {"tickets": [TICKET]}),
        (lambda body: keyed_page(body, "key_1"), {"tickets": [TICKET], "next_page": "https://example.com/2"}),
        (lambda body: keyed_page(body, "key_1"), {"tickets": [], "meta": {"has_more": "yes"}}),
        (lambda body: keyed_page(body, "key_1"), {"tickets": [], "meta": {"has_more": True, "after_cursor": None}}),
        (lambda body: audit_page(body, "8"), {"audits": [AUDIT]}),
        (lambda body: audit_page(body, "7"), {"audits": [{**AUDIT, "events": [{"type": "Change"}]}]}),
        (lambda body: audit_page(body, "7"), {"audits": [{**AUDIT, "metadata": [1]}]}),
        (lambda body: tagged_in(body, "t"), {"results": [{"id": 7}]}),
        (wording_in, {"result": {"ticket": {}}}),
        (wording_in, {"result": {"ticket": {"comment": {"body": " "}}}}),
    ],
)
def test_an_odd_answer_can_not_be_read(part: Callable[[Any], Any], body: object) -> None:
    with pytest.raises(UNREADABLE):
        part(body)


def test_a_page_says_where_the_next_one_begins_and_one_without_cursors_is_whole() -> None:
    assert keyed_page({"tickets": [TICKET], "meta": MORE}, "key_1").after == "c"
    assert keyed_page({"tickets": [TICKET], "meta": {"has_more": False, "after_cursor": "c"}}, "key_1").after is None
    assert keyed_page({"tickets": [TICKET], "next_page": None}, "key_1").after is None


def test_an_audit_is_ours_by_the_key_in_its_metadata_alone() -> None:
    ours = {**AUDIT, "id": 71, "metadata": {"custom": {"feedback_loop_key": "key_1"}, "system": {}}}
    odd = {**AUDIT, "id": 72, "metadata": {"custom": {"feedback_loop_key": 7}}}
    rows = audit_page({"audits": [AUDIT, odd, ours]}, "7").rows
    found = by_key(rows, "key_1")
    assert found is not None
    assert (found.audit_id, by_key(rows, "7")) == ("71", None)


def test_a_search_gives_the_tickets_that_bear_the_tag_whatever_else_it_found() -> None:
    rows = [{"id": n, "result_type": "ticket", "tags": ["t"]} for n in (12, 7)]
    assert tagged_in({"results": [*rows, {"id": 1, "result_type": "user"}, {"id": 2, "result_type": "ticket", "tags": []}]}, "t") == [
        "7",
        "12",
    ]


def test_a_version_is_the_second_of_the_last_change() -> None:
    image = ticket_in({"ticket": {**TICKET, "group_id": 70}}).image()
    assert (image.queue, image.owner, stamp_of(image.version)) == ("70", "", "2026-01-05T09:30:00Z")
    assert version_of(image.changed_at) == image.version


def test_an_error_has_a_name_or_none() -> None:
    assert [error_in({"error": "UpdateConflict"}), error_in({"error": {"title": "x"}}), error_in({})] == ["UpdateConflict", None, None]
