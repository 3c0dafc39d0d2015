"""A language model's server over real HTTP on this machine: it speaks as OpenAI's does, answers from a function, and fails as it is told.

It counts what it answered well, by what was asked, so that a test can see that nothing was paid twice. It listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import gzip
import json
import socketserver
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

_POLL_SECONDS = 0.02
INPUT_TOKENS, OUTPUT_TOKENS = 400, 8

Answerer = Callable[[dict[str, Any]], str]
"""The text of an answer to the body of a request."""


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    TOO_MANY = "too_many"
    TOO_MANY_FOR_LONG = "too_many_for_long"
    SERVER_ERROR = "server_error"
    SILENCE = "silence"
    CUT_STREAM = "cut_stream"
    MALFORMED_JSON = "malformed_json"
    NO_JSON_AT_ALL = "no_json_at_all"
    WRONG_ENUM = "wrong_enum"
    EXTRA_FIELDS = "extra_fields"
    EMPTY_CHOICE = "empty_choice"
    EMPTY_MESSAGE = "empty_message"
    SLOW_TRICKLE = "slow_trickle"
    REFUSAL = "refusal"
    FILTERED = "filtered"
    CUT_SHORT = "cut_short"
    NO_USAGE = "no_usage"
    WRONG_KEY = "wrong_key"
    BAD_REQUEST = "bad_request"
    UNREADABLE_RETRY = "unreadable_retry"
    REDIRECT = "redirect"
    ENDLESS = "endless"
    COMPRESSED = "compressed"
    NEGATIVE_TOKENS = "negative_tokens"
    TOO_MANY_TOKENS = "too_many_tokens"
    ANOTHER_SHAPE = "another_shape"


_STATUS = {
    Fault.TOO_MANY: 429,
    Fault.TOO_MANY_FOR_LONG: 429,
    Fault.UNREADABLE_RETRY: 429,
    Fault.SERVER_ERROR: 500,
    Fault.WRONG_KEY: 401,
    Fault.BAD_REQUEST: 400,
}
_RETRY_AFTER = {Fault.TOO_MANY: "7", Fault.TOO_MANY_FOR_LONG: "86400", Fault.UNREADABLE_RETRY: "Mon, 01 Jan 99999999999999 00:00:00 GMT"}
_CONTENT = {
    Fault.MALFORMED_JSON: '{"label": "cra',
    Fault.WRONG_ENUM: '{"label": "refund_everybody"}',
    Fault.EXTRA_FIELDS: '{"label": "crash", "action": "refund", "amount": 500}',
    Fault.EMPTY_MESSAGE: "",
    Fault.FILTERED: "",
    Fault.CUT_SHORT: '{"label": ',
}
_TOKENS = {Fault.NEGATIVE_TOKENS: (INPUT_TOKENS, -1_000_000_000), Fault.TOO_MANY_TOKENS: (10**30, OUTPUT_TOKENS)}
_BODY = {Fault.NO_JSON_AT_ALL: b"<html>a proxy's page</html>", Fault.ANOTHER_SHAPE: b'{"choices": 5}'}
_FINISH = {Fault.FILTERED: "content_filter", Fault.CUT_SHORT: "length"}


@dataclass
class Heard:
    """What the server was asked, and what it answered well."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    """By the user's message: how often a whole, valid answer was given."""
    tokens: int = 0
    at_once: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)


@dataclass
class ModelServer:
    """A running server: where it is, what it heard, and the faults of the next requests, first from the left."""

    url: str
    heard: Heard
    faults: deque[Fault]


@contextmanager
def running_model(answerer: Answerer, faults: deque[Fault] | None = None) -> Iterator[ModelServer]:
    """A server that answers until the block is left."""
    server = _Server(answerer, deque() if faults is None else faults)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}, daemon=True)
    thread.start()
    try:
        yield ModelServer(f"http://127.0.0.1:{server.server_port}/v1", server.heard, server.faults)
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def always(**answer: object) -> Answerer:
    """Answers the same to everything."""
    text = json.dumps(answer)
    return lambda _: text


def user_message(body: dict[str, Any]) -> str:
    """What the request shows the model."""
    return str(body["messages"][-1]["content"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answerer: Answerer, faults: deque[Fault]) -> None:
        self.answerer, self.faults, self.heard, self.is_over = answerer, faults, Heard(), Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """As of any TCP server; that of HTTP servers asks the resolver for the name of this machine, which can hang."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left in the middle is no error of the server."""

    def next_fault(self) -> Fault:
        try:
            return self.faults.popleft()
        except IndexError:
            return Fault.NONE


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        heard = self.server.heard
        with heard.lock:
            fault = self.server.next_fault()
            heard.bodies.append(body)
            heard.keys.append(self.headers.get("Authorization", ""))
            heard.at_once += 1
            heard.most_at_once = max(heard.most_at_once, heard.at_once)
        try:
            self._answer(body, fault)
        finally:
            with heard.lock:
                heard.at_once -= 1

    def _answer(self, body: dict[str, Any], fault: Fault) -> None:
        match fault:
            case Fault.SILENCE:
                self.rfile.read(1)  # comes back when the client has lost its patience and hangs up
                self.close_connection = True
            case Fault.CUT_STREAM:
                self._begin(200, 5_000, {})
                self.wfile.write(b'{"id": "cut", "choices": [')
                self.close_connection = True
            case Fault.SLOW_TRICKLE:
                self._trickle()
            case Fault.REDIRECT:
                self._send(307, b"", {"Location": f"http://localhost:{self.server.server_port}/elsewhere"})
            case Fault.ENDLESS:
                self._pour()
            case Fault.COMPRESSED:
                self._send(200, gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"})
            case _ if fault in _BODY:
                self._send(200, _BODY[fault])
            case _ if fault in _STATUS:
                headers = {"Retry-After": _RETRY_AFTER[fault]} if fault in _RETRY_AFTER else {}
                self._send(_STATUS[fault], json.dumps({"error": {"message": "planned", "type": "planned"}}).encode(), headers)
            case _:
                self._complete(body, fault)

    def _complete(self, body: dict[str, Any], fault: Fault) -> None:
        content = _CONTENT.get(fault)
        message: dict[str, str | None] = {"role": "assistant", "content": self.server.answerer(body) if content is None else content}
        if fault is Fault.REFUSAL:
            message = {"role": "assistant", "content": None, "refusal": "I can't help with that."}
        choices = [{"index": 0, "message": message, "finish_reason": _FINISH.get(fault, "stop")}]
        told, said = _TOKENS.get(fault, (INPUT_TOKENS, OUTPUT_TOKENS))
        usage = {"prompt_tokens": told, "completion_tokens": said, "total_tokens": told + said}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [] if fault is Fault.EMPTY_CHOICE else choices,
            **({} if fault is Fault.NO_USAGE else {"usage": usage}),
        }
        with self.server.heard.lock:
            self.server.heard.tokens += INPUT_TOKENS + OUTPUT_TOKENS
            if fault in (Fault.NONE, Fault.NO_USAGE):
                self.server.heard.answered[user_message(body)] += 1
        self._send(200, json.dumps(completion).encode())

    def _trickle(self) -> None:
        """A byte at a time, so that no single read ever takes long, until the client has had enough."""
        self._begin(200, 1_000_000, {})
        self.close_connection = True
        try:
            while not self.server.is_over.wait(_POLL_SECONDS):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return

    def _pour(self) -> None:
        """As much as the client takes, as fast as it takes it."""
        self._begin(200, 10**12, {})
        self.close_connection = True
        try:
            while not self.server.is_over.is_set():
                self.wfile.write(b" " * 65_536)
        except OSError:
            return

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self._begin(status, len(data), headers or {})
        self.wfile.write(data)

    def _begin(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
