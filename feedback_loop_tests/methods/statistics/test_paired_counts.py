"""The exact test says worse where a table of the sign test says so, and pairs are counted as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.paired_counts import PairedCounts, paired_counts


def test_the_chance_is_that_of_a_fair_coin() -> None:
    assert PairedCounts(5, 8, 2, 5).p_worse == pytest.approx(56 / 1024)  # at least 8 heads in 10
    assert PairedCounts(5, 0, 0, 5).p_worse == 1.0
    assert PairedCounts(5, 0, 4, 5).p_worse == 1.0
    assert PairedCounts(0, 4, 0, 0).p_worse == pytest.approx(1 / 16)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30))
def test_only_discordant_pairs_matter_and_all_are_counted(answers: list[tuple[bool, bool]]) -> None:
    present, candidate = (np.asarray([pair[n] for pair in answers], bool) for n in (0, 1))
    counts = paired_counts(present, candidate)
    assert counts.total == counts.both + counts.only_present + counts.only_candidate + counts.neither == len(answers)
    assert counts.both + counts.only_present == present.sum()
    assert counts.p_worse == PairedCounts(0, counts.only_present, counts.only_candidate, 0).p_worse
    assert paired_counts(present, present).p_worse == 1.0
