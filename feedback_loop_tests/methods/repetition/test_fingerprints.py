"""Fingerprints: the same words whatever their case, blanks and punctuation; other words differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.repetition.fingerprints import canonical, fingerprint, text_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nice app", "nice  APP!!"),
        ("Straße", "STRASSE"),
        ("don't work", "dont work."),
        ("👍🏽 ok", "👍 OK"),
        ("❤️", "❤"),
        ("cafe\u0301", "CAFÉ"),
    ],
)
def test_texts_that_differ_in_form_only_share_a_fingerprint(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)
    assert text_hash(one) != text_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("good", "food"), ("👍", "👎"), ("!!!", "???"), ("की", "का"), ("$5", "€5"), ("app1", "app2"), ("v2.1", "v21"), ("$1.50", "$150")],
)
def test_texts_that_say_something_else_differ(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@given(st.text(max_size=40))
def test_canonical_form_is_stable_under_case_and_itself(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
    assert canonical(text + " !") == canonical(text)


def test_hashes_are_the_published_ones() -> None:
    assert text_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert fingerprint("A b-C.") == text_hash("abc")
