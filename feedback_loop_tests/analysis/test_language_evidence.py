"""A language counts once held-out examples of it were decided rightly often enough, and few examples never suffice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.language_evidence import LanguageEvidence, count_by_language, shown

FLAGS = st.lists(st.tuples(st.sampled_from(["de", "en", "hi"]), st.booleans(), st.booleans()), max_size=30)


def test_counts_are_kept_apart_by_language() -> None:
    evidence = count_by_language(["en", "de", "en", "en"], np.array([True, True, True, False]), np.array([True, False, False, True]))
    assert evidence == (LanguageEvidence("de", 1, 1, 0), LanguageEvidence("en", 3, 2, 1))


@given(rows=FLAGS)
def test_counts_cover_every_example_once(rows: list[tuple[str, bool, bool]]) -> None:
    evidence = count_by_language([row[0] for row in rows], np.array([row[1] for row in rows]), np.array([row[2] for row in rows]))
    assert sum(one.example_count for one in evidence) == len(rows)
    assert all(one.example_count >= one.decided_count >= one.right_count for one in evidence)


@pytest.mark.parametrize(
    ("decided", "right", "is_shown"),
    [(0, 0, False), (5, 5, False), (6, 6, True), (72, 53, True), (72, 50, False), (1000, 660, False), (1000, 700, True)],
)
def test_the_bound_and_not_the_share_decides(decided: int, right: int, is_shown: bool) -> None:
    evidence = [LanguageEvidence("de", 2000, decided, right)]
    assert shown(evidence, 0.65, 0.1) == ({"de"} if is_shown else set())
