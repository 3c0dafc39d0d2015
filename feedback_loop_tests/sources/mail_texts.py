"""A made-up mail and ways to change it."""

from __future__ import annotations

from collections.abc import Mapping

HEADERS = {
    "Return-Path": "<ann@customer.example>",
    "From": "=?utf-8?q?Ann_M=C3=BCller?= <ann@customer.example>",
    "To": "support@acme.example",
    "Subject": "App crashes",
    "Date": "Tue, 3 Mar 2026 10:00:00 +0100",
    "Message-ID": "<m1@customer.example>",
}
BODY = "The app crashes when I pay.\n"
OLD = "We are sorry, please restart the phone."
REPLY = f"It still crashes after a restart.\n\nOn Tue, 3 Mar 2026 at 11:00, Acme Support <support@acme.example> wrote:\n> {OLD}\n"


def mail(body: str = BODY, changed: Mapping[str, str | None] | None = None, encoding: str = "utf-8", line_end: str = "\n") -> bytes:
    headers = {**HEADERS, **(changed or {})}
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items() if value is not None)
    return f"{lines}\n{body}".replace("\n", line_end).encode(encoding)


def several(kind: str, *parts: tuple[str, str]) -> bytes:
    """A mail of several parts, each its headers and its body."""
    body = "".join(f"--b1\n{headers}\n\n{text}\n" for headers, text in parts)
    return mail(body + "--b1--\n", {"MIME-Version": "1.0", "Content-Type": f'multipart/{kind}; boundary="b1"'})
