"""Tables by blocks of dimensions are those of a plain count, for every set of up to three dimensions, of few rows and of many."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.diagnosis.coding import Codes
from feedback_loop.methods.diagnosis.marginals import Dimensions, count_rows, keys_of, marginals, plan, told_from

RADIX = st.lists(st.integers(1, 61), max_size=8).map(tuple)


@st.composite
def coded_rows(draw: st.DrawFn) -> tuple[Codes, tuple[int, ...]]:
    """Rows of small codes and how many codes each dimension has."""
    radix = draw(st.lists(st.integers(1, 7), min_size=1, max_size=6).map(tuple))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.sampled_from((0, 1, 2, 30, 3000)))
    codes = np.stack([rng.integers(0, size, count, dtype=np.uint8) for size in radix], axis=1)
    return np.asfortranarray(codes) if draw(st.booleans()) else codes, radix


def counted_plainly(codes: Codes, dimensions: Dimensions) -> Counter[tuple[int, ...]]:
    return Counter(tuple(int(row[d]) for d in dimensions) for row in codes)


def by_combination(table: npt.NDArray[np.number], radix: tuple[int, ...], dimensions: Dimensions) -> dict[tuple[int, ...], int]:
    """The cells of a table that hold something, by their codes."""
    sizes = [radix[d] for d in dimensions]
    return {tuple(int(code) for code in np.unravel_index(cell, sizes, order="F")): int(table[cell]) for cell in np.flatnonzero(table)}


@given(coded_rows(), st.integers(1, 3))
def test_every_set_of_dimensions_is_counted_once_and_exactly(told: tuple[Codes, tuple[int, ...]], orders: int) -> None:
    codes, radix = told
    found = list(marginals(codes, radix, orders))
    sets = [one for order in range(1, min(orders, len(radix)) + 1) for one in combinations(range(len(radix)), order)]
    assert sorted(dimensions for dimensions, _ in found) == sorted(sets)
    for dimensions, table in found:
        assert by_combination(table, radix, dimensions) == counted_plainly(codes, dimensions)


@given(coded_rows())
def test_weights_are_summed_by_the_same_cells(told: tuple[Codes, tuple[int, ...]]) -> None:
    codes, radix = told
    every = tuple(range(len(radix)))
    assert np.array_equal(count_rows(codes, radix, every, np.full(len(codes), 0.5)), count_rows(codes, radix, every) / 2)


@given(RADIX, st.integers(0, 10**7))
def test_a_plan_holds_each_set_in_a_block_of_bounded_size_or_calls_it_wide(radix: tuple[int, ...], row_count: int) -> None:
    made = plan(radix, 3, row_count, most_cells=100_000)
    held = [one for block in made.blocks for one in block.holds]
    assert len(held) == len(set(held))
    assert {*held, *made.wide} == {one for order in (1, 2, 3) for one in combinations(range(len(radix)), order)}
    assert all(set(one) <= set(block.dimensions) for block in made.blocks for one in block.holds)
    assert all(prod(radix[d] for d in one) > 100_000 for one in made.wide)
    for block in made.blocks:
        cells = prod(radix[d] for d in block.dimensions)
        assert cells <= max(row_count, 100_000)
        assert len(block.holds) == 1 or cells <= row_count


def test_many_rows_are_passed_fewer_times_than_there_are_sets() -> None:
    radix = (61, 31, 41, 13, 5, 21, 9, 25)
    assert len(plan(radix, 3, 10**7).blocks) < 20
    assert len(plan(radix, 3, 10).blocks) == 92


@pytest.mark.parametrize("count", [2**14 - 1, 2**18 + 1, 600_000])
def test_rows_are_counted_in_parts_without_losing_any(count: int) -> None:
    codes = np.arange(count, dtype=np.uint32)[:, None] % np.array([[7, 60]], np.uint32)
    keys = codes[:, 0].astype(int) + 7 * codes[:, 1].astype(int)
    assert np.array_equal(keys_of(codes, (7, 60), (0, 1)), keys)
    assert np.array_equal(count_rows(codes, (7, 60), (0, 1)), np.bincount(keys, minlength=420))


def test_codes_of_one_byte_do_not_run_over() -> None:
    codes = np.full((3, 2), 250, np.uint8)
    assert keys_of(codes, (251, 251), (0, 1)).tolist() == [250 + 251 * 250] * 3


def test_a_table_of_all_its_dimensions_is_that_table() -> None:
    table = np.arange(6)
    assert told_from(table, (2, 3), (0, 1), (0, 1)) is table
    assert told_from(table, (2, 3), (0, 1), (1,)).tolist() == [1, 5, 9]
