"""The keys of an issuer: from a file or an address, only those that verify, asked for once, and never older than they may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from feedback_loop.adapters.identity import key_sets
from feedback_loop.adapters.identity.key_sets import AGAIN, FRESH, FetchedKeys, FileKeys, key_source, usable_keys
from feedback_loop.errors import BadInput, TokenRefused
from feedback_loop_tests.adapters.identity.made_up_issuer import MadeUpIssuer, issuer_rules
from feedback_loop_tests.fakes import FakeClock

FIRST, SECOND = MadeUpIssuer(), MadeUpIssuer(owner="second", key_id="key-2")
VALID = timedelta(hours=24)


class KeyServer:
    """Answers with the keys that it has at the moment; `asked` counts how often."""

    def __init__(self) -> None:
        self.body: bytes = json.dumps(FIRST.key_set).encode()
        self.status, self.headers, self.asked, self.url = 200, {"Content-Type": "application/json"}, 0, ""

    def have(self, *issuers: MadeUpIssuer) -> None:
        self.body = json.dumps({"keys": [one.public for one in issuers]}).encode()


@contextmanager
def running(server: KeyServer) -> Iterator[KeyServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked += 1
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}/keys"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with running(KeyServer()) as one:
        yield one


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keys(server: KeyServer, clock: FakeClock, tmp_path: Path) -> Callable[[], FetchedKeys]:
    """The keys as a new process finds them."""
    return lambda: FetchedKeys(server.url, tmp_path / "cache", VALID, clock)


def test_kept_keys_are_used_for_an_hour_without_asking(keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock) -> None:
    assert keys().find("key-1") == FIRST.public
    clock.advance(FRESH - timedelta(seconds=1))
    assert keys().find("key-1") == FIRST.public
    assert server.asked == 1
    clock.advance(timedelta(seconds=1))
    assert keys().find("key-1") == FIRST.public
    assert server.asked == 2


def test_a_key_that_is_new_is_asked_for_once(keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock) -> None:
    keys().find("key-1")
    server.have(FIRST, SECOND)
    clock.advance(AGAIN)
    assert keys().find("key-2") == SECOND.public
    assert server.asked == 2


def test_made_up_keys_never_ask_more_than_once_a_minute(keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock) -> None:
    for number in range(20):
        assert keys().find(f"made-up-{number}") is None
    assert server.asked == 1
    clock.advance(AGAIN)
    assert keys().find("made-up") is None
    assert server.asked == 2


def test_a_key_that_was_withdrawn_counts_no_more_after_the_next_answer(
    keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock
) -> None:
    keys().find("key-1")
    server.have(SECOND)
    clock.advance(FRESH)
    assert keys().find("key-1") is None


def test_while_nobody_answers_kept_keys_count_until_their_age(keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock) -> None:
    keys().find("key-1")
    server.status = 503
    clock.advance(VALID - timedelta(seconds=1))
    assert keys().find("key-1") == FIRST.public
    clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenRefused, match="keys unavailable"):
        keys().find("key-1")


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"fetched_at": 1}', '{"url": "x", "fetched_at": "2026-01-05T09:30:00+00:00", "keys": "{}"}']
)
def test_a_copy_that_cannot_be_read_is_no_copy(keys: Callable[[], FetchedKeys], server: KeyServer, tmp_path: Path, damage: str) -> None:
    keys().find("key-1")
    (copy,) = (tmp_path / "cache").iterdir()
    copy.write_text(damage, encoding="utf-8")
    assert keys().find("key-1") == FIRST.public
    server.status = 500
    copy.write_text(damage, encoding="utf-8")
    with pytest.raises(TokenRefused):
        keys().find("key-1")


def test_a_copy_of_the_future_is_no_copy(keys: Callable[[], FetchedKeys], server: KeyServer, clock: FakeClock) -> None:
    keys().find("key-1")
    server.status = 500
    clock.advance(-timedelta(hours=1))
    with pytest.raises(TokenRefused):
        keys().find("key-1")


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (404, b"", {}),
        (302, b"", {"Location": "http://127.0.0.1:1/keys"}),
        (200, json.dumps(FIRST.key_set).encode(), {"Content-Encoding": "gzip"}),
        (200, b"<html>", {}),
        (200, b'{"keys": 1}', {}),
        (200, b"[" * 50_000, {}),
        (200, b"\xff\xfe", {}),
        (200, b'{"keys": []}' + b" " * key_sets.MOST_BYTES, {}),
        (200, json.dumps({"keys": [FIRST.public] * 101}).encode(), {}),
    ],
)
def test_an_answer_that_is_no_set_of_keys_is_refused(
    keys: Callable[[], FetchedKeys], server: KeyServer, status: int, body: bytes, headers: dict[str, str]
) -> None:
    server.status, server.body, server.headers = status, body, headers
    with pytest.raises(TokenRefused, match="keys unavailable"):
        keys().find("key-1")


def test_an_answer_that_takes_too_long_is_given_up(keys: Callable[[], FetchedKeys], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "PATIENCE_SECONDS", -1.0)
    with pytest.raises(TokenRefused, match="keys unavailable"):
        keys().find("key-1")


def test_a_home_that_cannot_be_written_to_still_finds_keys(server: KeyServer, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert FetchedKeys(server.url, tmp_path / "cache", VALID, clock).find("key-1") == FIRST.public


@pytest.mark.parametrize("url", ["http://id.example.com/keys", "ftp://id.example.com", "https://user:word@id.example.com/keys", "keys"])
def test_keys_are_asked_for_where_nobody_listens_only(url: str, clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        FetchedKeys(url, tmp_path, VALID, clock)


def test_keys_of_a_file_are_read_anew_each_time(tmp_path: Path, clock: FakeClock) -> None:
    file = tmp_path / "keys.json"
    source = key_source(issuer_rules(keys_file=file), tmp_path, clock)
    with pytest.raises(TokenRefused, match="keys unavailable"):
        source.find("key-1")
    file.write_text(json.dumps(FIRST.key_set))
    assert source.find("key-1") == FIRST.public
    file.write_text(json.dumps(SECOND.key_set))
    assert source.find("key-1") is None
    file.write_bytes(b" " * (key_sets.MOST_BYTES + 1))
    with pytest.raises(TokenRefused):
        FileKeys(file).find("key-1")


def test_an_issuer_without_keys_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(TokenRefused, match="keys_url or keys_file"):
        key_source(issuer_rules(), tmp_path, clock)


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"d": "c2VjcmV0"},
        {"kty": None},
    ],
)
def test_only_public_keys_that_verify_are_taken(change: dict[str, Any]) -> None:
    assert usable_keys(json.dumps({"keys": [FIRST.public | change, SECOND.public, "no key"]}).encode()) == {"key-2": SECOND.public}


def test_an_id_that_two_keys_bear_is_nobodys() -> None:
    twin = {**SECOND.public, "kid": "key-1"}
    assert usable_keys(json.dumps({"keys": [FIRST.public, twin, SECOND.public]}).encode()) == {"key-2": SECOND.public}
    unfit = {**twin, "use": "enc"}
    assert usable_keys(json.dumps({"keys": [FIRST.public, unfit]}).encode()) == {}
