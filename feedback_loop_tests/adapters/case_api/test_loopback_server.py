"""The running system listens on this machine only, refuses what is no request, and is gone when its block is left."""

from __future__ import annotations

import httpx2
import pytest

from feedback_loop.adapters.case_api.loopback_server import running_case_system
from feedback_loop_tests.adapters.case_api.conftest import Running

KEY = {"Idempotency-Key": "k"}


def test_it_listens_on_this_machine_only_and_stops_by_itself() -> None:
    with running_case_system() as url:
        assert url.startswith("http://127.0.0.1:")
        assert httpx2.get(f"{url}/cases").json() == []
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}/cases")


def test_two_run_beside_each_other() -> None:
    with running_case_system() as one, running_case_system() as other:
        assert one != other
        httpx2.post(f"{one}/cases", json={"case_id": "case_1", "queue": "a", "owner": "b"}, headers=KEY)
        assert httpx2.get(f"{other}/cases?ids=case_1").json() == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [(b"{", KEY, 400), (b"[1]", KEY, 400), (b"\xff", KEY, 400), (b"{}", {}, 400), (b" " * 1_000_001, KEY, 413)],
)
def test_what_is_no_request_is_refused(running: Running, content: bytes, headers: dict[str, str], status: int) -> None:
    assert httpx2.post(f"{running.url}/cases", content=content, headers=headers).status_code == status
    assert running.desk.cases == []


def test_a_body_without_a_length_is_refused(running: Running) -> None:
    answer = httpx2.post(f"{running.url}/cases", content=(part for part in [b"{}"]), headers=KEY)
    assert answer.status_code == 413


def test_a_method_that_nobody_offers_is_no_success(running: Running) -> None:
    assert httpx2.delete(f"{running.url}/cases/case_1", headers=KEY).status_code == 501
