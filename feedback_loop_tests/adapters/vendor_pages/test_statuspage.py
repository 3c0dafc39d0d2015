"""A public status page: its latest incidents, each time it is asked."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.vendor_pages.statuspage import StatuspagePages
from feedback_loop.errors import ConnectorUnreachable
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

FEED = b'{"page": {"id": "y2j98763l56x"}, "incidents": []}'


def page_of(asked: Asked) -> Said:
    assert (asked.method, asked.path, asked.query) == ("GET", "/api/v2/incidents.json", {})
    assert asked.headers["accept"] == "application/json"
    return Said(body=FEED)


def test_a_pull_is_one_page_whatever_the_cursor() -> None:
    with serving(page_of) as vendor, StatuspagePages(vendor.url, {}, source="status") as client:
        for cursor in (None, "x"):
            page = client.page(cursor, START)
            assert (page.content, page.suffix, page.next_cursor, page.is_last) == (FEED, ".json", None, True)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"incidents": {}}', b"3"])
def test_an_answer_without_incidents_is_no_page(body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as vendor,
        StatuspagePages(vendor.url, {}, source="status") as client,
        pytest.raises(ConnectorUnreachable, match="can't be read"),
    ):
        client.page(None, START)
