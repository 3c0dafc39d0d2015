"""Every vendor that is pulled, behind one HTTP server whose answers go wrong as networks and vendors do; for `pull_kills`.

Each kind has so many records, of which more are known with each answer, so that there is always something new. A fault is drawn for each
answer; the rows that were spoilt on purpose are remembered, for they have to be in quarantine afterwards, and all others in the tables.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said
from feedback_loop_tests.sources import test_app_store_connect as app_store_connect
from feedback_loop_tests.sources import test_github_releases as github_releases
from feedback_loop_tests.sources import test_google_play_reviews as google_play_reviews
from feedback_loop_tests.sources import test_launchdarkly as launchdarkly
from feedback_loop_tests.sources import test_statuspage as statuspage
from feedback_loop_tests.sources import zendesk_pages

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SILENCE_SECONDS = 0.4
"""Longer than the puller waits."""

_PER_PAGE, _NEW_EACH = 10, 3
SHIFT = timedelta(minutes=10)

Row = dict[str, Any]


def at(number: int) -> datetime:
    """When the record of that number was made."""
    return BEGIN + number * SHIFT


def iso(number: int) -> str:
    """The same as vendors write it."""
    return at(number).strftime("%Y-%m-%dT%H:%M:%SZ")


def _review_of_play(n: int) -> Row:
    said = {**google_play_reviews.USER, "text": f"no {n}", "lastModified": {"seconds": str(int(at(n).timestamp()))}}
    return {"reviewId": f"play-{n}", "authorName": "", "comments": [{"userComment": said}]}


def _review_of_apple(n: int) -> Row:
    said = {**app_store_connect.REVIEW["attributes"], "body": f"no {n}", "createdDate": iso(n)}
    return {"type": "customerReviews", "id": f"apple-{n}", "attributes": said}


def _incident(n: int) -> Row:
    return {**statuspage.INCIDENT, "id": f"status-{n}", "created_at": iso(n), "started_at": iso(n), "resolved_at": iso(n + 1)}


def _conversation(n: int) -> Row:
    from feedback_loop_tests.sources import test_intercom as intercom

    seconds = int(at(n).timestamp())
    parts = {"type": "conversation_part.list", "conversation_parts": [], "total_count": 0}
    kept = {name: value for name, value in intercom.LISTED.items() if name != "conversation_rating"}
    return {**kept, "id": str(7000 + n), "created_at": seconds, "updated_at": seconds, "conversation_parts": parts}


MADE: Mapping[str, Callable[[int], Row]] = {
    "app_store_connect": _review_of_apple,
    "github_releases": lambda n: {**github_releases.RELEASE, "id": n, "tag_name": f"v1.{n}", "created_at": iso(n), "published_at": iso(n)},
    "google_play_reviews": _review_of_play,
    "intercom": _conversation,
    "launchdarkly": lambda n: {**launchdarkly.ENTRY, "_id": f"flag-{n}", "date": int(at(n).timestamp() * 1000)},
    "statuspage": _incident,
    "zendesk_tickets": lambda n: {
        **zendesk_pages.TICKET,
        "id": n + 1,
        "description": f"no {n}",
        "created_at": iso(n),
        "updated_at": iso(n),
    },
    "zendesk_ratings": lambda n: {**zendesk_pages.RATING, "id": n + 1, "created_at": iso(n), "updated_at": iso(n), "comment": f"no {n}"},
}
"""A sound row of each kind that is asked over HTTP."""

_NEEDED = {
    "app_store_connect": ("attributes", "id"), "github_releases": ("tag_name",), "google_play_reviews": ("reviewId",), "intercom": ("id",),
    "launchdarkly": ("_id",), "statuspage": ("id", "started_at"), "zendesk_tickets": ("created_at",), "zendesk_ratings": ("score",),
}  # fmt: skip
_DRIFT = ("unknown", "retyped")
FAULTS = ("busy", "busy until", "error", "html", "dropped", "half", "broken", "silence", "repeated", "reordered", "expired", *_DRIFT)


class Vendors:
    """All of them; one answer at a time."""

    def __init__(self, records: int, share: float, seed: int) -> None:
        self.records, self.share, self._drawn = records, share, random.Random(seed)
        self.known = dict.fromkeys(MADE, 0)
        self.spoilt: dict[str, set[int]] = {kind: set() for kind in MADE}
        self.faults: dict[str, int] = dict.fromkeys(FAULTS, 0)
        self.answers = 0
        self._last: dict[str, bytes] = {}
        self._lock = Lock()

    def answer(self, asked: Asked) -> Said:
        """The answer, with a fault or without."""
        with self._lock:
            self.answers += 1
            kind = _kind_of(asked.path)
            fault = self._drawn.choice(FAULTS) if self._drawn.random() < self.share else None
            said = self._faulty(kind, asked, fault)
        if fault == "silence":
            time.sleep(SILENCE_SECONDS)
        return said

    def _faulty(self, kind: str, asked: Asked, fault: str | None) -> Said:
        self.faults.update({fault: self.faults[fault] + 1} if fault else {})
        match fault:
            case "busy":
                return Said(429, headers={"Retry-After": "0"})
            case "busy until":
                return Said(429, headers={"Date": "Mon, 05 Jan 2026 09:30:00 GMT", "Retry-After": "Mon, 05 Jan 2026 09:30:01 GMT"})
            case "error":
                return Said(self._drawn.choice((500, 502, 503)))
            case "html":
                return Said(200, b"<html>sign in</html>", {"Content-Type": "text/html"})
            case "expired" if _has_cursor(asked):
                return Said(410, b"{}")
        said = self._sound(kind, asked, fault)
        if fault == "dropped":
            return Said(200, said.body, cut=0)
        if fault == "half":
            return Said(200, said.body, cut=len(said.body) // 2)
        if fault == "broken":
            return Said(200, said.body[: len(said.body) // 2])
        return said

    def _sound(self, kind: str, asked: Asked, fault: str | None) -> Said:
        if kind == "comments":
            return Said(body=b'{"comments": [], "meta": {"has_more": false}}')
        if kind == "intercom" and asked.method == "GET":
            number = int(asked.path.rpartition("/")[2]) - 7000
            return Said(body=json.dumps(self._row(kind, number, fault)).encode())
        rows = list(range(self.count_of(kind)))
        return Said(body=json.dumps(_PAGES[kind](self, asked, rows, fault)).encode())

    def count_of(self, kind: str) -> int:
        """How many records the vendor has by now: some more at each question."""
        self.known[kind] = min(self.records, self.known[kind] + _NEW_EACH)
        return self.known[kind]

    def rows(self, kind: str, numbers: list[int], fault: str | None) -> list[Row]:
        """The rows, one of them spoilt or all of them out of order where that is the fault."""
        shown = list(numbers)
        if fault == "reordered":
            self._drawn.shuffle(shown)
        if fault == "repeated":
            shown += shown[:2]
        spoilt = self._drawn.choice(shown) if shown and fault in _DRIFT else None
        return [self._row(kind, number, fault if number == spoilt else None) for number in shown]

    def _row(self, kind: str, number: int, fault: str | None) -> Row:
        row = dict(MADE[kind](number))
        if fault == "unknown":
            row["a_field_of_tomorrow"] = number
        if fault == "retyped" and kind != "intercom":
            row[_NEEDED[kind][0]] = [number]
            self.spoilt[kind].add(number)
        return row


def _kind_of(path: str) -> str:
    if path.endswith("/comments.json"):
        return "comments"
    found = {
        "/v1/apps": "app_store_connect", "/repos": "github_releases", "/androidpublisher": "google_play_reviews",
        "/conversations": "intercom", "/api/v2/auditlog": "launchdarkly", "/api/v2/incidents.json": "statuspage",
        "/api/v2/incremental": "zendesk_tickets", "/api/v2/satisfaction": "zendesk_ratings",
    }  # fmt: skip
    return next(kind for start, kind in found.items() if path.startswith(start))


def _has_cursor(asked: Asked) -> bool:
    return any(name in asked.query for name in ("cursor", "token", "page[after]")) or b"starting_after" in asked.body


def _cut(numbers: list[int], start: int) -> tuple[list[int], int | None]:
    """A page, and where the next begins; None after the last."""
    page = numbers[start : start + _PER_PAGE]
    following = start + _PER_PAGE
    return page, following if following < len(numbers) else None


def _play(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    page, following = _cut(numbers, int(asked.query.get("token", "0")))
    told: Row = {"reviews": vendors.rows("google_play_reviews", page, _if_readable(fault))}
    return told | ({} if following is None else {"tokenPagination": {"nextPageToken": str(following)}})


def _apple(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    page, following = _cut(numbers[::-1], int(asked.query.get("cursor", "0")))
    links = {} if following is None else {"next": f"https://elsewhere.example/x?cursor={following}"}
    return {"data": vendors.rows("app_store_connect", page, _if_readable(fault)), "links": links}


def _releases(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    start = 100 * (int(asked.query["page"]) - 1)
    return vendors.rows("github_releases", numbers[::-1][start : start + 100], fault)


def _talks(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    wanted = json.loads(asked.body)
    newer = [n for n in numbers if at(n).timestamp() > wanted["query"]["value"]]
    page, following = _cut(newer, int(wanted["pagination"].get("starting_after", "0")))
    listed = [{name: value for name, value in row.items() if name != "conversation_parts"} for row in vendors.rows("intercom", page, fault)]
    return {"conversations": listed, "pages": {} if following is None else {"next": {"starting_after": str(following)}}}


def _flags(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    before, after = int(asked.query.get("before", 2**62)), int(asked.query["after"])
    found = [n for n in numbers[::-1] if after < at(n).timestamp() * 1000 < before][: int(asked.query["limit"])]
    return {"items": vendors.rows("launchdarkly", found, fault), "_links": {}}


def _incidents(vendors: Vendors, _: Asked, numbers: list[int], fault: str | None) -> Any:
    return {"page": {}, "incidents": vendors.rows("statuspage", numbers[::-1], fault)}


def _tickets(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    start = int(asked.query.get("cursor", "0"))
    page = numbers[start : start + _PER_PAGE]
    rows = vendors.rows("zendesk_tickets", page, fault)
    return {"tickets": rows, "after_cursor": str(start + len(page)), "end_of_stream": start + len(page) >= len(numbers)}


def _ratings(vendors: Vendors, asked: Asked, numbers: list[int], fault: str | None) -> Any:
    newer = [n for n in numbers if at(n).timestamp() >= int(asked.query["start_time"])]
    page, following = _cut(newer, int(asked.query.get("page[after]", "0")))
    meta = {"has_more": following is not None, "after_cursor": None if following is None else str(following)}
    return {"satisfaction_ratings": vendors.rows("zendesk_ratings", page, fault), "meta": meta}


def _if_readable(fault: str | None) -> str | None:
    """Of some vendors a spoilt row makes the page unreadable, which `broken` shows already."""
    return None if fault == "retyped" else fault


_PAGES: Mapping[str, Callable[[Vendors, Asked, list[int], str | None], Any]] = {
    "app_store_connect": _apple,
    "github_releases": _releases,
    "google_play_reviews": _play,
    "intercom": _talks,
    "launchdarkly": _flags,
    "statuspage": _incidents,
    "zendesk_tickets": _tickets,
    "zendesk_ratings": _ratings,
}
