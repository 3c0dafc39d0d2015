"""Conversations of Intercom: what changed is searched for and read whole; all that passes fits the vendor's description."""

from __future__ import annotations

import json
import warnings
from datetime import timedelta
from functools import cache

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from feedback_loop.adapters.vendor_pages.intercom import IntercomPages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import ConnectorUnreachable, CursorExpired
from feedback_loop_tests.adapters.jira.jira_desk import DESCRIPTION as JIRA_DESCRIPTION
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

WHO = Credentials("intercom", {"ACCESS_TOKEN": "t0ken"})
DESCRIPTION = JIRA_DESCRIPTION.with_name("intercom-2.15.json")
WHY_ABSENT = f"Intercom's API description is not at {DESCRIPTION}; set FEEDBACK_LOOP_SHARED_SPECS to the folder that holds it"
BEGIN = int(START.timestamp())


def conversation(number: int, **more: object) -> dict[str, object]:
    return {"type": "conversation", "id": str(number), "created_at": BEGIN, "updated_at": BEGIN + number, "open": True, **more}


class Workspace:
    """Three conversations, two a page; `gone` are those that somebody deleted after they were found."""

    def __init__(self, *gone: int) -> None:
        self.gone = gone

    def answer(self, asked: Asked) -> Said:
        assert (asked.headers["authorization"], asked.headers["intercom-version"]) == ("Bearer t0ken", "2.15")
        if asked.path == "/conversations/search":
            wanted = json.loads(asked.body)
            assert wanted["query"]["field"] == "updated_at"
            found = [conversation(n) for n in (1, 2, 3) if BEGIN + n > wanted["query"]["value"]]
            is_second = wanted["pagination"].get("starting_after") == "p2"
            following = None if is_second else {"per_page": 2, "starting_after": "p2"}
            pages = {"type": "pages", "page": 1 + is_second, "per_page": 2, "total_pages": 2, **({"next": following} if following else {})}
            told = {"type": "conversation.list", "conversations": found[2:] if is_second else found[:2], "total_count": 3, "pages": pages}
            return Said(body=json.dumps(told).encode())
        assert asked.query == {"display_as": "plaintext"}
        number = int(asked.path.rpartition("/")[2])
        if number in self.gone:
            return Said(404, b'{"type": "error.list", "errors": [{"code": "not_found", "message": "gone"}]}')
        parts = {"type": "conversation_part.list", "conversation_parts": [], "total_count": 0}
        return Said(body=json.dumps(conversation(number, conversation_parts=parts)).encode())


@cache
def description() -> OpenAPI:
    return OpenAPI.from_dict(json.loads(DESCRIPTION.read_text("utf-8")), config=Config(spec_validator_cls=None))


def described(workspace: Workspace, asked: Asked) -> Said:
    """The answer, after what was asked and what is said were held against the description."""
    said = workspace.answer(asked)
    if asked.path != "/conversations/search":
        return said  # the description at hand has no read of a single conversation
    headers = {"Authorization": asked.headers["authorization"], "Intercom-Version": asked.headers["intercom-version"]}
    sent = MockRequest(
        "https://api.intercom.io", asked.method.lower(), asked.path, args=dict(asked.query), headers=headers, data=asked.body,
        content_type="application/json",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        description().validate_request(sent)
        description().validate_response(sent, MockResponse(said.body, status_code=said.status, content_type="application/json"))
    return said


def test_a_run_reads_each_conversation_that_changed_whole_as_the_description_says() -> None:
    if not DESCRIPTION.is_file():
        pytest.skip(WHY_ABSENT)
    with (
        serving(lambda asked: described(Workspace(), asked)) as running,
        IntercomPages(running.url, WHO, source="chat") as client,
    ):
        first = client.page(None, START)
        second = client.page(first.next_cursor, START)
        found = [one["id"] for page in (first, second) for one in json.loads(page.content)["conversations"]]
        assert found == ["1", "2", "3"]
        assert all("conversation_parts" in one for one in json.loads(second.content)["conversations"])
        assert (first.is_last, second.is_last) == (False, True)
        client.page(second.next_cursor, START)
        again = json.loads([one for one in running.asked if one.path == "/conversations/search"][-1].body)
        assert again["query"]["value"] == BEGIN + 3 - timedelta(minutes=5).total_seconds()


def test_a_conversation_that_was_deleted_meanwhile_is_kept_as_the_search_told_it() -> None:
    with serving(Workspace(2).answer) as running, IntercomPages(running.url, WHO, source="chat") as client:
        found = json.loads(client.page(None, START).content)["conversations"]
    assert [(one["id"], "conversation_parts" in one) for one in found] == [("1", True), ("2", False)]


def test_a_page_of_the_search_that_is_forgotten_begins_anew() -> None:
    with serving(Workspace().answer) as running, IntercomPages(running.url, WHO, source="chat") as client:
        cursor = client.page(None, START).next_cursor
        running.faults = [Said(400, b'{"type": "error.list", "errors": []}')]
        with pytest.raises(CursorExpired):
            client.page(cursor, START)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"conversations": [{}]}', b'{"conversations": [], "pages": 3}'])
def test_an_answer_of_another_form_is_no_page(body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        IntercomPages(running.url, WHO, source="chat") as client,
        pytest.raises(ConnectorUnreachable) as caught,
    ):
        client.page(None, START)
    assert "t0ken" not in str(caught.value)
