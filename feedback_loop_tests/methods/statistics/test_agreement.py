"""Agreement is what the published worked examples say, and obeys its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.agreement import nominal_alpha

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", examples A, B and C; a point is a gap.
BINARY = ("0100000010", "1110010000")
FIVE_CATEGORIES = ("aabbdcccedda", "babbbccceddd")
FOUR_PEOPLE = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
# The worked example of the English Wikipedia's article on the coefficient: three people, fifteen units.
THREE_PEOPLE = (".....34121133.3", "1.213343.......", "..21344.21133.4")


def _units(people: tuple[str, ...]) -> list[list[str]]:
    return [[said for said in unit if said != "."] for unit in zip(*people, strict=True)]


@pytest.mark.parametrize(("people", "alpha"), [(BINARY, 0.095), (FIVE_CATEGORIES, 0.692), (FOUR_PEOPLE, 0.743), (THREE_PEOPLE, 0.691)])
def test_the_published_examples_come_out(people: tuple[str, ...], alpha: float) -> None:
    found = nominal_alpha(_units(people))
    assert found is not None
    assert round(found, 3) == alpha


UNITS = st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=12)


@given(UNITS, st.permutations("abc"))
def test_neither_order_nor_names_nor_lonely_labels_matter(units: list[list[str]], names: list[str]) -> None:
    renamed = [[names["abc".index(said)] for said in reversed(unit)] for unit in reversed(units)]
    assert nominal_alpha(units) == pytest.approx(nominal_alpha(renamed))
    assert nominal_alpha(units) == nominal_alpha([unit for unit in units if len(unit) > 1])


@given(UNITS)
def test_it_is_one_exactly_where_nobody_disagrees(units: list[list[str]]) -> None:
    alpha = nominal_alpha(units)
    if alpha is not None:
        assert alpha <= 1
        assert (alpha == 1) == all(len(set(unit)) <= 1 for unit in units)


def test_one_value_alone_or_no_pair_defines_nothing() -> None:
    assert nominal_alpha([]) is None
    assert nominal_alpha([["a"], ["b"]]) is None
    assert nominal_alpha([["a", "a"], ["a", "a"]]) is None
