"""The audit log of flags: twenty entries at a time, back to where the last run ended, and none lost that share an instant."""

from __future__ import annotations

import json
from random import Random

import pytest

from feedback_loop.adapters.vendor_pages.launchdarkly import LaunchdarklyPages
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.errors import ConnectorUnreachable
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

WHO = Credentials("launchdarkly", {"ACCESS_TOKEN": "api-t0ken"})
BEGIN = int(START.timestamp() * 1000)


class Log:
    """Entries by their instants, in milliseconds after the start."""

    def __init__(self, *dates: int) -> None:
        self.dates = sorted((BEGIN + date for date in dates), reverse=True)

    def answer(self, asked: Asked) -> Said:
        assert (asked.method, asked.path, asked.headers["authorization"]) == ("GET", "/api/v2/auditlog", "api-t0ken")
        assert asked.query["spec"] == "proj/shop:env/*:flag/*"
        before, after = int(asked.query.get("before", 2**62)), int(asked.query["after"])
        found = [(n, date) for n, date in enumerate(self.dates) if after < date < before][: int(asked.query["limit"])]
        return Said(body=json.dumps({"items": [{"_id": f"e{n}", "date": date} for n, date in found], "_links": {}}).encode())


def run(client: LaunchdarklyPages, cursor: str | None) -> tuple[list[str], str | None]:
    seen: list[str] = []
    for _ in range(50):
        page = client.page(cursor, START)
        seen += [one["_id"] for one in json.loads(page.content)["items"]]
        cursor = page.next_cursor
        if page.is_last:
            return seen, cursor
    raise AssertionError("a run without an end")


@pytest.mark.parametrize("seed", range(5))
def test_a_run_sees_every_entry_also_those_of_one_instant(seed: int) -> None:
    draw = Random(seed)
    log = Log(*(draw.randint(0, 40) * 60_000 for _ in range(draw.randint(0, 70))))
    with serving(log.answer) as running, LaunchdarklyPages(running.url, "shop", WHO, source="flags") as client:
        seen, cursor = run(client, None)
        assert set(seen) == {f"e{n}" for n in range(len(log.dates))}
        log.dates.insert(0, (log.dates[0] if log.dates else BEGIN) + 1)
        assert "e0" in run(client, cursor)[0]


def test_a_page_of_one_instant_alone_does_not_go_round_for_ever() -> None:
    log = Log(*[5] * 20, 1)
    with serving(log.answer) as running, LaunchdarklyPages(running.url, "shop", WHO, source="flags") as client:
        assert set(run(client, None)[0]) == {f"e{n}" for n in range(21)}


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"items": [{}]}', b'{"items": [{"date": "x"}]}', b'{"items": [{"date": 1e999}]}'])
def test_an_answer_of_another_form_is_no_page(body: bytes) -> None:
    with (
        serving(lambda _: Said(body=body)) as running,
        LaunchdarklyPages(running.url, "shop", WHO, source="flags") as client,
        pytest.raises(ConnectorUnreachable) as caught,
    ):
        client.page(None, START)
    assert "t0ken" not in str(caught.value)
