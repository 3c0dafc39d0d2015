"""A vendor of pages over HTTP on this machine: what it answers is planned, and what it was asked is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import stamina


@dataclass(frozen=True)
class Asked:
    """One request: method, path, query, headers (lower case) and body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Said:
    """One answer; `cut` drops the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


Answering = Callable[[Asked], Said]


@dataclass
class Serving:
    """A running vendor."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: list[Said] = field(default_factory=list)
    """Answered first, one for each request, in their order."""


@contextmanager
def serving(answer: Answering) -> Iterator[Serving]:
    """The vendor at a free port of this machine until the block is left; retries of clients don't wait meanwhile."""
    vendor = Serving()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            vendor.asked.append(asked)
            with suppress(ConnectionError):  # whoever asked may have been killed
                self._say(vendor.faults.pop(0) if vendor.faults else answer(asked))

        do_POST = do_GET  # noqa: N815 (the name is the library's)

        def _say(self, said: Said) -> None:
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body if said.cut is None else said.body[: said.cut])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        with stamina.set_testing(True, attempts=3, cap=True):
            yield vendor
    finally:
        server.shutdown()
        server.server_close()
