"""A vendor over real HTTP on this machine that sees whole requests, headers included, and has any fault that a test plans for it.

What is answered stands in a desk of the vendor. A plan is taken from the left as requests come: a `Fault`, or an answer in the place of the
desk's, as a proxy between the two would give it, before or after the desk did what was asked.
"""

from __future__ import annotations

import json
import socketserver
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from feedback_loop.adapters.case_api.loopback_server import Fault


@dataclass(frozen=True)
class Asked:
    """A request; the names of its headers are in small letters, and its body is None where it has none."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Answered:
    """An answer: JSON, or the very bytes where `raw` has them."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    is_after_write: bool = False
    """In a plan: whether the desk did what was asked, before this was answered in its place."""


Plan = Fault | Answered

HTML = Answered(200, raw=b"<html>who are you?</html>", headers={"Content-Type": "text/html"})
PATIENCE_BY_DATE = Answered(429, {}, {"Date": "Mon, 05 Jan 2026 09:30:00 GMT", "Retry-After": "Mon, 05 Jan 2026 09:30:01 GMT"})
ELSEWHERE = Answered(302, headers={"Location": "http://127.0.0.1:9/elsewhere"})
_FAULTY: Mapping[Fault, Answered] = {
    Fault.ERROR_BEFORE_WRITE: Answered(500, {"error": "planned"}),
    Fault.ERROR_AFTER_WRITE: Answered(500, {"error": "planned"}, is_after_write=True),
    Fault.GARBLED_AFTER_WRITE: Answered(200, {"ticket": 7, "tickets": 7}, is_after_write=True),
    Fault.ANSWER_OF_ANOTHER: Answered(200, {"ticket": {"id": 1}, "id": "1", "tickets": [{"id": 1}]}, is_after_write=True),
    Fault.TOO_MANY_REQUESTS: Answered(429, {}, {"Retry-After": "0"}),
    Fault.TOO_MANY_FOR_LONG: Answered(429, {}, {"Retry-After": "86400"}),
}


class VendorDesk(Protocol):
    """Decides what is answered."""

    def answer(self, asked: Asked) -> Answered:
        """The answer; several threads may ask at once."""
        ...


@contextmanager
def running_vendor(desk: VendorDesk, plans: deque[Plan]) -> Iterator[str]:
    """The address of the vendor until the block is left."""
    server = _Server(desk, plans)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, desk: VendorDesk, plans: deque[Plan]) -> None:
        self.desk, self.plans = desk, plans
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Without asking the resolver for the name of this machine, which can hang."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left in the middle is no error of the vendor."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def _handle(self) -> None:
        asked = self._asked()
        plan = self.server.plans.popleft() if self.server.plans else Fault.NONE
        if isinstance(plan, Fault):
            plan = _FAULTY.get(plan, plan)
        if isinstance(plan, Answered):
            if plan.is_after_write:
                self.server.desk.answer(asked)
            self._send(plan)
        elif plan is Fault.DROP_BEFORE_WRITE:
            self.close_connection = True
        elif plan is Fault.WRITE_AFTER_SILENCE:
            self.rfile.read(1)  # comes back when the client has lost its patience and hangs up
            self.server.desk.answer(asked)
            self.close_connection = True
        else:
            self._answer_with(plan, self.server.desk.answer(asked))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - the names that the standard library looks for

    def _answer_with(self, fault: Fault, answer: Answered) -> None:
        if fault in (Fault.DROP_AFTER_WRITE, Fault.SILENCE_AFTER_WRITE):
            if fault is Fault.SILENCE_AFTER_WRITE:
                self.rfile.read(1)
            self.close_connection = True
            return
        self._send(answer)
        if fault is Fault.TWICE_AFTER_WRITE:
            self._send(answer)

    def _asked(self) -> Asked:
        address = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        return Asked(self.command, unquote(address.path), query, headers, json.loads(data) if data else None)

    def _send(self, answer: Answered) -> None:
        data = answer.raw if answer.raw is not None else b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
