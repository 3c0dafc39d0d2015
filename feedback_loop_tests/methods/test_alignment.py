"""Alignments: copied runs map offset by offset, replacements as a whole, and chains stay exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.alignment import AlignedText, Alignment, Replacement, Run, rewrite, unchanged


@st.composite
def rewritten(draw: st.DrawFn, source: str | None = None) -> tuple[str, AlignedText]:
    """A source and a rewriting of it with disjoint replacements."""
    text = draw(st.text(alphabet="abcdef", max_size=20)) if source is None else source
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    return text, rewrite(text, [Replacement(start, end, draw(st.text(alphabet="XYZ", max_size=4))) for start, end in spans])


@given(rewritten())
def test_copied_runs_hold_the_same_characters_on_both_sides(case: tuple[str, AlignedText]) -> None:
    source, aligned = case
    for run in aligned.alignment.runs:
        assert aligned.text[run.derived_start : run.derived_end] == source[run.source_start : run.source_end]


@given(rewritten())
def test_characters_outside_the_runs_are_all_replacements(case: tuple[str, AlignedText]) -> None:
    source, aligned = case
    copied = sum(run.derived_end - run.derived_start for run in aligned.alignment.runs)
    assert sum(char in "abcdef" for char in aligned.text) == copied
    assert (len(aligned.text), len(source)) == (aligned.alignment.derived_length, aligned.alignment.source_length)


@given(rewritten())
def test_flattened_alignment_comes_back_unchanged(case: tuple[str, AlignedText]) -> None:
    alignment = case[1].alignment
    assert Alignment.unflatten(alignment.flatten()) == alignment


@given(rewritten(), st.data())
def test_chained_alignment_maps_every_copied_character_to_its_origin(case: tuple[str, AlignedText], data: st.DataObject) -> None:
    source, first = case
    _, second = data.draw(rewritten(first.text))
    chained = first.then(second)
    for run in chained.alignment.runs:
        assert chained.text[run.derived_start : run.derived_end] == source[run.source_start : run.source_end]
    for position in range(len(chained.text)):
        step = second.alignment.source_span(position, position + 1)
        direct = chained.alignment.source_span(position, position + 1)
        through = first.alignment.source_span(*step)
        assert direct[0] <= through[0] <= through[1] <= direct[1]


@given(rewritten())
def test_nothing_follows_from_a_step_that_rewrites_nothing(case: tuple[str, AlignedText]) -> None:
    source, aligned = case
    assert aligned.then(unchanged(aligned.text)) is aligned
    assert unchanged(source).then(aligned) == aligned
    assert unchanged(aligned.text).alignment.after(aligned.alignment) == aligned.alignment


@given(rewritten())
def test_neighbouring_spans_never_cross_in_the_source(case: tuple[str, AlignedText]) -> None:
    alignment = case[1].alignment
    for middle in range(1, alignment.derived_length):
        left, right = alignment.source_span(0, middle), alignment.source_span(middle, alignment.derived_length)
        assert left[0] <= right[0]
        assert left[1] <= right[1]


def test_span_within_a_replacement_maps_to_all_that_was_replaced() -> None:
    aligned = rewrite("mail a@bc.de now", [Replacement(5, 12, "[EMAIL]")])
    assert aligned.text == "mail [EMAIL] now"
    assert aligned.alignment.source_span(7, 8) == (5, 12)
    assert aligned.alignment.source_span(5, 12) == (5, 12)
    assert aligned.alignment.source_span(2, 14) == (2, 14)


def test_span_of_copied_text_maps_by_its_offset_behind_a_replacement() -> None:
    alignment = rewrite("ab12345cd", [Replacement(2, 7, "#")]).alignment
    assert alignment.source_span(3, 5) == (7, 9)
    assert alignment.source_span(4, 5) == (8, 9)
    assert alignment.derived_span(8, 9) == (4, 5)
    assert alignment.derived_span(3, 4) == (2, 3)


def test_dropped_characters_belong_to_a_span_only_when_it_goes_around_them() -> None:
    alignment = rewrite("a--b", [Replacement(1, 3, "")]).alignment
    assert alignment.source_span(0, 1) == (0, 1)
    assert alignment.source_span(1, 2) == (3, 4)
    assert alignment.source_span(0, 2) == (0, 4)
    assert alignment.derived_span(1, 3) == (1, 1)


def test_empty_span_maps_to_one_position() -> None:
    assert rewrite("abcd", [Replacement(0, 2, "")]).alignment.source_span(1, 1) == (3, 3)
    assert Alignment.identity(0).source_span(0, 0) == (0, 0)


def test_identity_is_one_run_and_stores_its_length() -> None:
    assert unchanged("abc").alignment.runs == (Run(0, 3, 0, 3),)
    assert unchanged("abc").alignment.flatten() == [0, 3, 0, 3, 3, 3, 3, 3]
    assert unchanged("").alignment.flatten() == [0, 0, 0, 0]


def test_overlapping_replacements_are_refused() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        rewrite("abcdef", [Replacement(0, 3, "x"), Replacement(2, 4, "y")])


def test_alignments_of_unequal_lengths_are_not_chained() -> None:
    with pytest.raises(ValueError, match="can't chain"):
        Alignment.identity(3).after(Alignment.identity(4))


@pytest.mark.parametrize("flat", [[], [1, 2, 3]])
def test_integers_that_are_no_runs_are_refused(flat: list[int]) -> None:
    with pytest.raises(ValueError, match="no alignment"):
        Alignment.unflatten(flat)
