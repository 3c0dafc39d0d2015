"""Charsets of mails: what is claimed, what is true, and text in any case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.sources.mail_charsets import decoded, header_text


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("grün".encode(), "utf-8", "grün"),
        ("grün".encode("latin-1"), "iso-8859-1", "grün"),
        ("grün".encode(), "iso-8859-1", "grün"),  # a wrong claim: the bytes are UTF-8
        ("grün".encode(), "us-ascii", "grün"),
        ("grün".encode("latin-1"), "utf-8", "grün"),  # a wrong claim: they are not
        ("grün".encode("latin-1"), None, "grün"),
        ("100 €".encode("cp1252"), "iso-8859-1", "100 €"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本"),
        (b"plain", "no-such-charset", "plain"),
        (b"plain", "a\0b", "plain"),
        (b"plain", "punycode", "plain"),
        (b"\x81\xff", "utf-8", "\x81ÿ"),
    ],
)
def test_text_is_read_whatever_is_claimed(raw: bytes, charset: str | None, text: str) -> None:
    assert decoded(raw, charset) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?J=C3=BCrgen_M?= =?utf-8?b?w7xsbGVy?=", "Jürgen Müller"),
        ("=?iso-8859-1?Q?Fran=E7ois?= Test", "François Test"),
        ("=?utf-8*de?q?gr=C3=BCn?=", "grün"),
        ("folded\r\n line", "folded line"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("plain", "plain"),
        ("J\udcc3\udcbcrgen", "Jürgen"),
    ],
)
def test_headers_are_read_as_people_read_them(value: str, text: str) -> None:
    assert header_text(value) == text


@given(st.binary(max_size=50), st.text(max_size=12) | st.sampled_from(["utf-7", "utf-16", "hz", "idna", "rot13", "hex"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_under_any_claim_are_text_that_can_be_written(raw: bytes, charset: str) -> None:
    decoded(raw, charset).encode()
