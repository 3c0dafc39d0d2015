"""Only addresses that nobody can read along are asked; a message repeats no credentials."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.errors import BadInput

EXAMPLE = "https://cases.example.com"


@pytest.mark.parametrize("url", ["https://a.example/v1", "http://127.0.0.1:8000", "http://localhost/v1", "http://[::1]:80"])
def test_what_is_encrypted_or_of_this_machine_may_be_asked(url: str) -> None:
    assert safe_address(url, "the model", EXAMPLE).host


@pytest.mark.parametrize(
    "url", ["http://a.example", "ftp://a.example", "a.example", "", "https://", "http://127.0.0.1.evil.example", "http://["]
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        safe_address(url, "the model", EXAMPLE)


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(BadInput, match="holds credentials") as refused:
        safe_address("https://ada:word@a.example", "the model", EXAMPLE)
    assert "word" not in str(refused.value)
