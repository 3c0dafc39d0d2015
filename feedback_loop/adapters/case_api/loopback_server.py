"""The case system that runs in this process: HTTP/1.1 on 127.0.0.1 at a free port, for demos and tests; it never listens elsewhere.

What it answers stands in `case_desk.py`; any other desk may sit behind it. Faults can be planned, one per request in their order, to see
what the client makes of them.
"""

from __future__ import annotations

import json
import socketserver
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from feedback_loop.adapters.case_api.case_desk import CaseDesk, DeskAnswer, DeskRequest

_LARGEST_BODY = 1_000_000
_POLL_SECONDS = 0.02
_BAD_REQUEST, _TOO_LARGE, _TOO_MANY, _SERVER_ERROR = 400, 413, 429, 500


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    DROP_BEFORE_WRITE = "drop_before_write"
    DROP_AFTER_WRITE = "drop_after_write"
    SILENCE_AFTER_WRITE = "silence_after_write"
    ERROR_BEFORE_WRITE = "error_before_write"
    ERROR_AFTER_WRITE = "error_after_write"
    GARBLED_AFTER_WRITE = "garbled_after_write"
    TWICE_AFTER_WRITE = "twice_after_write"
    ANSWER_OF_ANOTHER = "answer_of_another"
    WRITE_AFTER_SILENCE = "write_after_silence"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_MANY_FOR_LONG = "too_many_for_long"


_RETRY_AFTER = {Fault.TOO_MANY_REQUESTS: "0", Fault.TOO_MANY_FOR_LONG: "86400"}


class Desk(Protocol):
    """Decides what is answered to a request."""

    def answer(self, request: DeskRequest) -> DeskAnswer:
        """The answer; it may be asked for by several threads at once."""
        ...


@contextmanager
def running_case_system(desk: Desk | None = None, faults: deque[Fault] | None = None) -> Iterator[str]:
    """The address of a case system that answers from the desk until the block is left; faults are taken from the left as requests come."""
    server = _Server(CaseDesk() if desk is None else desk, deque() if faults is None else faults)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, desk: Desk, faults: deque[Fault]) -> None:
        self.desk, self.faults = desk, faults
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """As of any TCP server; that of HTTP servers asks the resolver for the name of this machine, which can hang."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left in the middle is no error of the server."""

    def next_fault(self) -> Fault:
        """The fault of the next request."""
        try:
            return self.faults.popleft()
        except IndexError:
            return Fault.NONE


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _handle(self) -> None:
        request = self._request()
        fault = self.server.next_fault()
        if isinstance(request, DeskAnswer):
            self._send(request)
        elif fault in _RETRY_AFTER:
            self._send(DeskAnswer(_TOO_MANY, {"error": "too many requests"}), {"Retry-After": _RETRY_AFTER[fault]})
        elif fault is Fault.DROP_BEFORE_WRITE:
            self.close_connection = True
        elif fault is Fault.ERROR_BEFORE_WRITE:
            self._send(DeskAnswer(_SERVER_ERROR, {"error": "planned"}))
        elif fault is Fault.WRITE_AFTER_SILENCE:
            self.rfile.read(1)
            self.server.desk.answer(request)
            self.close_connection = True
        else:
            self._answer_with(fault, self.server.desk.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = _handle  # noqa: N815 - the names that the standard library looks for

    def _answer_with(self, fault: Fault, answer: DeskAnswer) -> None:
        match fault:
            case Fault.DROP_AFTER_WRITE:
                self.close_connection = True
            case Fault.SILENCE_AFTER_WRITE:
                self.rfile.read(1)  # comes back when the client has lost its patience and hangs up
                self.close_connection = True
            case Fault.ERROR_AFTER_WRITE:
                self._send(DeskAnswer(_SERVER_ERROR, {"error": "planned"}))
            case Fault.GARBLED_AFTER_WRITE:
                self._send(DeskAnswer(answer.status, {"receipt_id": 7}))
            case Fault.TWICE_AFTER_WRITE:
                self._send(answer)
                self._send(answer)
            case Fault.ANSWER_OF_ANOTHER:
                other = {"receipt_id": "receipt_of_another", "idempotency_key": "key_of_another"}
                self._send(DeskAnswer(answer.status, [other] if isinstance(answer.body, list) else other))
            case _:
                self._send(answer)

    def _request(self) -> DeskRequest | DeskAnswer:
        """The request; where it can't be read, the answer to that, after which the connection is closed."""
        address = urlsplit(self.path)
        body = self._body()
        if isinstance(body, DeskAnswer):
            self.close_connection = True
            return body
        return DeskRequest(
            method=self.command,
            path=unquote(address.path),
            query=dict(parse_qsl(address.query)),
            body=body,
            idempotency_key=self.headers.get("Idempotency-Key"),
            expected_version=self.headers.get("If-Match"),
            authorization=self.headers.get("Authorization"),
            headers={name.lower(): value for name, value in self.headers.items()},
        )

    def _body(self) -> dict[str, Any] | DeskAnswer:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY or "Transfer-Encoding" in self.headers:
            return DeskAnswer(_TOO_LARGE, {"error": "the body needs a Content-Length, at most a million bytes"})
        sent = self.rfile.read(int(length))
        try:
            if self.headers.get_content_type() == "application/x-www-form-urlencoded":
                return dict(parse_qsl(sent.decode(), keep_blank_values=True))
            body = json.loads(sent or b"{}")
        except ValueError:
            return DeskAnswer(_BAD_REQUEST, {"error": "the body is no JSON"})
        return body if isinstance(body, dict) else DeskAnswer(_BAD_REQUEST, {"error": "the body is no JSON object"})

    def _send(self, answer: DeskAnswer, headers: dict[str, str] | None = None) -> None:
        data = (json.dumps(answer.body) if answer.text is None else answer.text).encode() if answer.has_body else b""
        self.send_response(answer.status)
        said = {**answer.headers, **(headers or {})}
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **said}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: standard error belongs to the command."""
