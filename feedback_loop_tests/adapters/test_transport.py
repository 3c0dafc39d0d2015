"""Where requests may go at all, and how long the system may ask to wait. What becomes of requests is proved by the connectors."""

from __future__ import annotations

import httpx2
import pytest

from feedback_loop.adapters import transport
from feedback_loop.adapters.transport import Transport
from feedback_loop.errors import BadInput


@pytest.mark.parametrize("url", ["https://cases.example.com", "http://127.0.0.1:8080", "http://localhost/api", "http://[::1]:80"])
def test_an_encrypted_address_or_this_machine_is_allowed(url: str) -> None:
    Transport(url, "case_api", 1.0).close()


@pytest.mark.parametrize(
    "url",
    [
        "http://cases.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "ftp://127.0.0.1", "127.0.0.1:80", "", "https://",
        "http://127.0.0.1@example.com", "https://user:secret@cases.example.com", "http://[",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_without_its_credentials(url: str) -> None:
    with pytest.raises(BadInput) as caught:
        Transport(url, "case_api", 1.0)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Tue, 17 Mar 2026 12:00:20 GMT", "Date": "Tue, 17 Mar 2026 12:00:00 GMT"}, 20.0),
        ({"Retry-After": "Tue, 17 Mar 2026 11:00:00 GMT", "Date": "Tue, 17 Mar 2026 12:00:00 GMT"}, 0.0),
        ({"Retry-After": "Tue, 17 Mar 2026 12:00:20 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({b"Retry-After": b"\xb2"}, None),
        ({}, None),
    ],
)
def test_patience_is_read_as_seconds_or_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert transport._seconds_to_wait(httpx2.Headers(headers)) == seconds
