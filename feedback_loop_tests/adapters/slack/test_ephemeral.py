"""Words for one person go to Slack's own hosts and nowhere else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from feedback_loop.adapters.slack.ephemeral import HOSTS, tell


class Hook(BaseHTTPRequestHandler):
    """Answers by what the path says, and keeps what came."""

    told: list[object] = []

    def do_POST(self) -> None:
        Hook.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.told = []
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_person_alone_is_told_and_the_message_stays(hook: str) -> None:
    assert tell(f"{hook}/actions/200", "It is approved.", {hook})
    assert Hook.told == [{"response_type": "ephemeral", "replace_original": False, "text": "It is approved."}]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_that_slack_does_not_take_it_is_no_failure(hook: str, status: int) -> None:
    assert not tell(f"{hook}/actions/{status}", "words", {hook})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://hooks.slack.com/a",
        "https://hooks.slack.com.evil.example/a",
        "https://u:p@hooks.slack.com/a",
        "https://[::1/a",
        "file:///a",
    ],
)
def test_no_other_host_is_asked(url: str, hook: str) -> None:
    assert not tell(url, "words")
    assert not tell(f"{hook}/actions/200", "words")
    assert Hook.told == []
    assert all(host.startswith("https://") for host in HOSTS)
