"""Addresses that may be asked: those whose requests nobody can read on their way, and that hold no credentials."""

from __future__ import annotations

import httpx2

from feedback_loop.errors import BadInput

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def safe_address(url: str, whose: str, example: str) -> httpx2.URL:
    """The address, where requests to it can't be read on their way; raises BadInput. Plain http is for this machine only."""
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise BadInput(f"the address of {whose} is no URL. Give one such as {example}.") from None
    if parts.userinfo:
        raise BadInput(f"the address of {whose} holds credentials. Leave them out of it.")
    if parts.host and (parts.scheme == "https" or (parts.scheme == "http" and parts.host in _THIS_MACHINE)):
        return parts
    raise BadInput(f"{parts.host or whose} would be asked without encryption. Give an https address; http is for 127.0.0.1 only.")
