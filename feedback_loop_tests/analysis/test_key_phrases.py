"""The few words that carry a symptom come first, whole and free of filler."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.analysis.evidence_patterns import Span
from feedback_loop.analysis.key_phrases import MOST_PHRASES, key_phrases
from feedback_loop.contracts.vocab import EvidenceKind


def _phrases(text: str) -> list[str]:
    return [text[s.start : s.end] for s in key_phrases(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The app crashes when I open it", "app crashes"),
        ("it is not working at all", "not working"),
        ("I cannot log in since the last update", "cannot log in"),
        ("My order is beautiful but the refund never arrived", "refund never arrived"),
        ("paise kat gaye lekin kuch nahi hua", "paise kat"),
        ("Die Zahlung wurde abgelehnt", "Zahlung"),
        ("ऐप खुल नहीं रहा है", "ऐप खुल नहीं रहा है"),
    ],
)
def test_phrase_with_the_symptom_comes_first(text: str, first: str) -> None:
    assert _phrases(text)[0] == first


def test_phrase_ends_at_punctuation() -> None:
    assert _phrases("payment failed. refund missing") == ["payment failed", "refund missing"]


def test_filler_gives_no_phrase() -> None:
    assert _phrases("it is what it is") == []
    assert _phrases("") == []
    assert _phrases("👍 !!! 5") == []


def test_taken_stretches_are_left_alone() -> None:
    text = "login failed, refund missing"
    taken = [Span(EvidenceKind.QUOTED_ERROR, 0, 12)]
    assert [text[s.start : s.end] for s in key_phrases(text, taken)] == ["refund missing"]


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_phrases_are_few_short_and_apart(text: str) -> None:
    spans = sorted(key_phrases(text), key=lambda s: s.start)
    assert len(spans) <= MOST_PHRASES
    assert all(0 <= s.start < s.end <= len(text) and text[s.start : s.end].strip() for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
