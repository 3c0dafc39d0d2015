"""What stands in the Authorization header of a request, by the kinds that vendors take."""

from __future__ import annotations

from base64 import b64encode


def basic(user: str, secret: str) -> str:
    """A user and a secret (RFC 7617)."""
    return "Basic " + b64encode(f"{user}:{secret}".encode()).decode()


def bearer(token: str) -> str:
    """A token alone (RFC 6750)."""
    return f"Bearer {token}"
