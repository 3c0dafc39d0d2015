"""Tickets of Zendesk with their comments, and ratings: by the export's cursor, byte for byte, and read by the reader of such pages."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest

from feedback_loop.adapters.vendor_pages.zendesk import ZendeskRatingPages, ZendeskTicketPages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.errors import ConnectorUnreachable, CursorExpired
from feedback_loop.sources.reading import Reading
from feedback_loop.sources.zendesk import read_zendesk
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

WHO = Credentials("zendesk", {"EMAIL": "loop@example.com", "API_TOKEN": "t0ken"})
BASIC = "Basic bG9vcEBleGFtcGxlLmNvbS90b2tlbjp0MGtlbg=="
AT = "2026-01-05T09:00:00Z"


def ticket(number: int, **more: object) -> dict[str, object]:
    said = {"subject": "No", "description": f"no {number}", "status": "open", "requester_id": 7, "submitter_id": 7, "created_at": AT}
    return {"id": number, **said, "updated_at": AT, "via": {"channel": "web"}, **more}


def comment(number: int, author: int, *, public: bool = True) -> dict[str, object]:
    said = {"body": f"comment {number}", "plain_body": f"comment {number}", "created_at": f"2026-01-05T09:{number % 60:02d}:00Z"}
    return {"id": number, "type": "Comment", "author_id": author, "public": public, **said}


class Desk:
    """An export in two pages; ticket 2 has its comments in two pages, ticket 3 was deleted, and 4 has gone for good."""

    def answer(self, asked: Asked) -> Said:
        assert asked.headers["authorization"] == BASIC
        if asked.path == "/api/v2/incremental/tickets/cursor.json":
            return self._exported(asked)
        assert asked.query["page[size]"] == "100"
        if asked.path == "/api/v2/satisfaction_ratings.json":
            return self._rated(asked)
        number = int(asked.path.split("/")[4])
        if number == 4:
            return Said(404, b'{"error": "RecordNotFound", "description": "Not found"}')
        is_second = asked.query.get("page[after]") == "more"
        comments = [comment(31, 7)] if is_second else [comment(30, 7), comment(32, 99), comment(33, 99, public=False)]
        meta = {"has_more": number == 2 and not is_second, "after_cursor": "more", "before_cursor": "x"}
        return Said(body=json.dumps({"comments": comments, "meta": meta, "links": {}}).encode())

    def _exported(self, asked: Asked) -> Said:
        assert asked.query["per_page"] == "100"
        if asked.query.get("cursor") == "MTU4MA==":
            told = {"tickets": [ticket(3, status="deleted"), ticket(4)], "after_cursor": "MTU4MQ==", "end_of_stream": True}
        elif asked.query.get("cursor") == "MTU4MQ==":
            told = {"tickets": [], "after_cursor": None, "end_of_stream": True}
        else:
            assert asked.query["start_time"] == str(int(START.timestamp()))
            told = {"tickets": [ticket(1), ticket(2)], "after_cursor": "MTU4MA==", "end_of_stream": False}
        return Said(body=json.dumps(told).encode())

    def _rated(self, asked: Asked) -> Said:
        rating = {"id": 1, "score": "bad", "ticket_id": 1, "requester_id": 7, "comment": "slow", "created_at": AT, "updated_at": AT}
        is_second = asked.query.get("page[after]") == "more"
        meta = {"has_more": not is_second, "after_cursor": "more"}
        return Said(body=json.dumps({"satisfaction_ratings": [{**rating, "id": 1 + is_second}], "meta": meta}).encode())


def texts(content: bytes) -> list[str | None]:
    reading = Reading(source="zendesk", file_name="page.json", form="page", product="Shop")
    return [row.text for row in read_zendesk(io.BytesIO(content), reading) if isinstance(row, FeedbackRecord)]


def test_a_ticket_comes_with_every_comment_and_the_export_goes_on_at_its_last_cursor() -> None:
    with serving(Desk().answer) as running, ZendeskTicketPages(running.url, WHO, source="desk") as client:
        first = client.page(None, START)
        second = client.page(first.next_cursor, START)
        assert [one["id"] for one in json.loads(first.content)["tickets"]] == [1, 2]
        assert [len(one["comments"]) for one in json.loads(first.content)["tickets"]] == [3, 4]
        assert [("comments" in one) for one in json.loads(second.content)["tickets"]] == [False, False]
        assert (first.is_last, second.is_last, second.next_cursor) == (False, True, "MTU4MQ==")
        assert client.page(second.next_cursor, START).next_cursor == "MTU4MQ=="
    assert texts(first.content) == ["no 1", "no 2", "comment 31"]


def test_ratings_come_since_the_last_run() -> None:
    with serving(Desk().answer) as running, ZendeskRatingPages(running.url, WHO, source="desk") as client:
        first = client.page(None, START)
        second = client.page(first.next_cursor, START)
        assert (first.is_last, second.is_last) == (False, True)
        client.page(second.next_cursor, START)
        assert running.asked[-1].query["start_time"] == str(int((START - timedelta(minutes=5)).timestamp()))
    assert texts(first.content) == ["slow"]


def test_a_cursor_that_the_export_forgot_begins_anew() -> None:
    with (
        serving(lambda _: Said(422, b'{"error": "InvalidPaginationParameter"}')) as running,
        ZendeskTicketPages(running.url, WHO, source="desk") as client,
        pytest.raises(CursorExpired),
    ):
        client.page("MTU4MA==", START)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"tickets": [3], "end_of_stream": true}', b'{"tickets": [], "end_of_stream": 3}'])
@pytest.mark.parametrize("kind", [ZendeskTicketPages, ZendeskRatingPages])
def test_an_answer_of_another_form_is_no_page(body: bytes, kind: type[ZendeskTicketPages]) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        kind(running.url, WHO, source="desk") as client,
        pytest.raises(ConnectorUnreachable) as caught,
    ):
        client.page(None, START)
    assert "t0ken" not in str(caught.value)


def test_comments_that_do_not_come_keep_the_whole_page_from_being_one() -> None:
    desk = Desk()
    with (
        serving(lambda asked: Said(500) if "comments" in asked.path else desk.answer(asked)) as running,
        ZendeskTicketPages(running.url, WHO, source="desk") as client,
        pytest.raises(ConnectorUnreachable),
    ):
        client.page(None, START)
