"""Sizes of patterns: true of what the expression really matches, and none where they can't be told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.personal_data.pattern_sizes import MOST, Size, size_of


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("", Size()),
        ("ABC", Size(3, 3, 1)),
        (r"ORD-\d{6,10}", Size(10, 14, 5)),
        ("A?B", Size(1, 2, 2)),
        ("AB|CDE|F{2}", Size(2, 3, 3)),
        (r"(?:KD|KTX)\d{4}", Size(6, 7, 2)),
        (r"(?P<value>[]a\]]{2})\b", Size(2, 2, 1)),
        (r"\d{1,3}\d{1,3}", Size(2, 6, 9)),
        ("(?:A?){3}", Size(0, 3, 8)),
        ("(?:A{1,2}){1,2}", Size(1, 4, 6)),
        ("^X$", Size(1, 1, 1)),
    ],
)
def test_size_counts_characters_and_ways(pattern: str, size: Size) -> None:
    assert size_of(pattern) == size


@pytest.mark.parametrize(
    "pattern", ["A*", "A+", "A{2,}", "(?=A)", r"(A)\1", "(?i)A", "(A", "A)", "[A", "?", "A{2}{3}", "|?", "(?P=x)", "^{2}"]
)
def test_expression_whose_size_cannot_be_told_has_none(pattern: str) -> None:
    assert size_of(pattern) is None


def test_ways_are_not_counted_beyond_what_is_as_good_as_infinite() -> None:
    size = size_of("(?:A?){900}(?:(?:B|C){100}){100}")
    assert size is not None
    assert size.ways == MOST


_LEAVES = st.sampled_from(["A", "B", "[AB]", r"\d"])
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"(?:{'|'.join(pair)})")
        | st.tuples(inner, st.integers(0, 2), st.integers(0, 2)).map(lambda t: f"(?:{t[0]}){{{t[1]},{t[1] + t[2]}}}")
    ),
    max_leaves=6,
)


@given(_EXPRESSIONS, st.text(alphabet="AB1", max_size=12))
def test_whatever_matches_has_a_length_within_the_size(pattern: str, text: str) -> None:
    size = size_of(pattern)
    assert size is not None
    for match in re.finditer(pattern, text):
        assert size.least <= len(match[0]) <= size.most
