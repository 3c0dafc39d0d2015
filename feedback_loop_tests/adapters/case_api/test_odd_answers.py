"""Answers that a proxy, a queue or an enemy could give: what may have been written stays in doubt, and nothing odd becomes a receipt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorUnreachable, WriteInDoubt

ROLL_BACK = ActionRequest("key_1", ActionKind.ROLL_BACK_RELEASE, "web-2026.9", {})
NESTED = b"[" * 100_000


def receipt(receipt_id: str) -> bytes:
    return json.dumps({"receipt_id": receipt_id, "idempotency_key": "key_1"}).encode()


@contextmanager
def answering(status: int, body: bytes) -> Iterator[CaseApiClient]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        with CaseApiClient(f"http://127.0.0.1:{server.server_port}") as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (202, b"{}"),
        (204, b""),
        (307, b""),
        (201, NESTED),
        (201, receipt("\ud800")),
        (201, receipt("\x1b[31m")),
        (201, receipt("x" * 201)),
    ],
)
def test_a_write_whose_answer_is_no_receipt_is_in_doubt(status: int, body: bytes) -> None:
    with answering(status, body) as client, pytest.raises(WriteInDoubt):
        client.perform(ROLL_BACK)


@pytest.mark.parametrize("body", [NESTED, b"[" + receipt("\ud800") + b"]"])
def test_a_list_of_receipts_that_can_not_be_read_is_no_answer(body: bytes) -> None:
    with answering(200, body) as client, pytest.raises(ConnectorUnreachable):
        client.receipt_for("key_1")
