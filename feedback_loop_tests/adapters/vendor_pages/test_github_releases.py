"""Releases of a repository: page by number, with the headers that GitHub asks for, back to a month before the last run."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from feedback_loop.adapters.vendor_pages.github_releases import GithubReleasePages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import ConnectorUnreachable
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

WHO = Credentials("github", {"TOKEN": "t0ken"})


def release(days: int) -> dict[str, object]:
    at = (START + timedelta(days=days)).isoformat()
    return {"id": days, "tag_name": f"v{days}", "created_at": at, "published_at": at, "draft": False}


def answer(asked: Asked) -> Said:
    assert (asked.method, asked.path) == ("GET", "/repos/acme/shop/releases")
    assert asked.headers["accept"] == "application/vnd.github+json"
    assert (asked.headers["authorization"], asked.headers["x-github-api-version"]) == ("Bearer t0ken", "2022-11-28")
    assert asked.headers["user-agent"]
    newest = 500 - 100 * int(asked.query["page"])
    return Said(body=json.dumps([release(newest - n) for n in range(100)]).encode())


def test_a_run_goes_back_a_month_before_the_last_one() -> None:
    with serving(answer) as running, GithubReleasePages(running.url, "acme/shop", WHO, source="app") as client:
        cursor, is_last, pages = None, False, 0
        while not is_last:
            page = client.page(cursor, START + timedelta(days=250))
            cursor, is_last, pages = page.next_cursor, page.is_last, pages + 1
        assert pages == 2
        assert client.page(cursor, START).is_last
        assert [one.query["page"] for one in running.asked] == ["1", "2", "1"]


def test_a_short_page_is_the_last() -> None:
    with (
        serving(lambda _: Said(body=json.dumps([release(900)]).encode())) as running,
        GithubReleasePages(running.url, "acme/shop", WHO, source="app") as client,
    ):
        assert client.page(None, START).is_last


@pytest.mark.parametrize("body", [b"{}", b'[{"created_at": 3}]', b"[3]", b'{"message": "Bad credentials"}'])
def test_an_answer_of_another_form_is_no_page(body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        GithubReleasePages(running.url, "acme/shop", WHO, source="app") as client,
        pytest.raises(ConnectorUnreachable) as caught,
    ):
        client.page(None, START)
    assert "t0ken" not in str(caught.value)
