"""Of all the ways in which a token could be written only one is read, and JSON that says a thing twice is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.identity.compact import MOST_CHARS, decoded, json_object, read_compact
from feedback_loop.errors import TokenRefused
from feedback_loop_tests.adapters.identity.made_up_issuer import base64url


def test_a_token_is_read_into_its_parts() -> None:
    found = read_compact(".".join(map(base64url, (b'{"alg": "x"}', b'{"sub": "ada"}', b"signature"))))
    assert (found.header, found.claims) == ({"alg": "x"}, {"sub": "ada"})


@given(st.binary(min_size=1, max_size=100))
def test_bytes_come_back_as_they_were_written(content: bytes) -> None:
    assert decoded(base64url(content)) == content


@given(st.binary(min_size=1, max_size=40), st.data())
def test_no_other_text_means_the_same_bytes(content: bytes, data: st.DataObject) -> None:
    text = base64url(content)
    place = data.draw(st.integers(0, len(text) - 1))
    other = text[:place] + data.draw(st.characters(codec="ascii").filter(lambda c: c != text[place])) + text[place + 1 :]
    try:
        assert decoded(other) != content
    except TokenRefused:
        return


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q+==", "Q/==", "QUI\n", " QUI", "QÜI"])
def test_padding_idle_bits_and_other_alphabets_are_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        decoded(text)


NO_OBJECTS = [
    b"[]", b"1", b"null", b'"x"', b"{", b"", b"\xff", b'{"a":1,"a":2}', b'{"a":{"b":1,"b":2}}', b'{"a":NaN}', b'{"a":Infinity}',
    b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("content", NO_OBJECTS)
def test_what_is_no_object_or_says_a_thing_twice_is_refused(content: bytes) -> None:
    with pytest.raises(TokenRefused):
        json_object(content)


def test_the_length_is_looked_at_first() -> None:
    with pytest.raises(TokenRefused, match="too long"):
        read_compact("." * (MOST_CHARS + 1))
    with pytest.raises(TokenRefused, match="not a token"):
        read_compact(base64.b64encode(b"x" * 30).decode() * 100)
