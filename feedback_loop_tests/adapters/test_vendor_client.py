"""What every vendor's client does: once by its key, in doubt where an answer can't be read, and patient where an index lags."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import stamina

from feedback_loop.adapters.action_words import text_of
from feedback_loop.adapters.vendor_client import SETTLING, LateVendorClient, Order, VendorClient
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.fakes import FakeClock

REQUEST = ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", {"job_id": "7"})


class Notes(VendorClient):
    """A vendor of notes, which it knows by their key at once."""

    takes = (ActionKind.RETRY_JOB,)

    def _write(self, request: ActionRequest, order: Order) -> str:
        return self.written(lambda said: str(said["id"]), self.sent("POST", "/notes", {"text": text_of(request)}, order), order.key)

    def _looked_up(self, key: str) -> str | None:
        found: str | None = self.understood(lambda said: said["ids"].get(key), self._transport.fetch("/notes"), "a read of notes")
        return found


class LateNotes(LateVendorClient, Notes):
    """The same with an index that lags."""


class Desk:
    """What the vendor answers next to a write, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.read_status = 201, b'{"id": "N-1"}', 200
        self.ids: dict[str, str] = {}
        self.writes: list[dict[str, Any]] = []


@contextmanager
def running(desk: Desk) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(desk.read_status, json.dumps({"ids": desk.ids}).encode())

        def do_POST(self) -> None:
            desk.writes.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(desk.status, desk.body)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with stamina.set_testing(True, attempts=2, cap=True):
            yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def notes(desk: Desk, clock: FakeClock) -> Iterator[Notes]:
    with running(desk) as url, Notes(url, {}, clock, connector="notes") as client:
        yield client


def test_the_same_key_writes_once(notes: Notes, desk: Desk) -> None:
    first, again = notes.perform(REQUEST), notes.perform(REQUEST)
    assert (first.receipt_id, first.is_repeat, again.receipt_id, again.is_repeat) == ("N-1", False, "N-1", True)
    assert len(desk.writes) == 1


def test_what_the_vendor_knows_already_is_not_written_again(notes: Notes, desk: Desk) -> None:
    desk.ids = {"key_1": "N-9"}
    assert notes.perform(REQUEST).receipt_id == "N-9"
    assert desk.writes == []


@pytest.mark.parametrize(("status", "body"), [(201, b"<html>"), (201, b"[]"), (201, b"{}"), (302, b""), (408, b""), (500, b"")])
def test_a_write_whose_answer_says_nothing_stays_in_doubt(notes: Notes, desk: Desk, status: int, body: bytes) -> None:
    desk.status, desk.body = status, body
    with pytest.raises(WriteInDoubt):
        notes.perform(REQUEST)


def test_a_refusal_fails_and_missing_rights_do_not(notes: Notes, desk: Desk) -> None:
    desk.status = 422
    with pytest.raises(ConnectorRefused, match="status 422"):
        notes.perform(REQUEST)
    desk.status = 403
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice"):
        notes.perform(REQUEST)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_look_up_without_a_good_answer_writes_nothing(notes: Notes, desk: Desk, status: int) -> None:
    desk.read_status = status
    with pytest.raises(ConnectorUnreachable):
        notes.perform(REQUEST)
    assert desk.writes == []


def test_what_the_client_can_not_do_or_may_not_say_is_refused_before_anything_is_asked(notes: Notes, desk: Desk) -> None:
    with pytest.raises(ConnectorRefused, match="can't be asked for here"):
        notes.perform(ActionRequest("key_1", ActionKind.REFUND, "sync", {}))
    with pytest.raises(ConnectorRefused, match="no id, figure or label"):
        notes.perform(ActionRequest("key_1", ActionKind.RETRY_JOB, "two\nlines", {}))
    assert desk.writes == []


def test_a_lagging_index_is_waited_for_before_its_silence_counts(desk: Desk, clock: FakeClock) -> None:
    with running(desk) as url, LateNotes(url, {}, clock, connector="notes") as late:
        desk.body = b"{}"
        with pytest.raises(WriteInDoubt):
            late.perform(REQUEST)
        with pytest.raises(WriteInDoubt, match="may not know it yet"):
            late.receipt_for("key_1")
        clock.advance(SETTLING)
        assert late.receipt_for("key_1") is None


def test_what_the_vendor_refused_has_nothing_to_settle(desk: Desk, clock: FakeClock) -> None:
    with running(desk) as url, LateNotes(url, {}, clock, connector="notes") as late:
        desk.status = 422
        with pytest.raises(ConnectorRefused):
            late.perform(REQUEST)
        assert late.receipt_for("key_1") is None


def test_a_write_that_would_come_too_late_to_settle_is_not_sent(desk: Desk, clock: FakeClock) -> None:
    class Slow(Notes):
        def _looked_up(self, key: str) -> str | None:
            clock.advance(timedelta(minutes=3))
            return None

    with running(desk) as url, Slow(url, {}, clock, connector="notes") as slow, pytest.raises(ConnectorUnreachable, match="too long"):
        slow.perform(REQUEST)
    assert desk.writes == []
