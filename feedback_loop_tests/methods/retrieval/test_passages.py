"""A document is cut at headings and paragraphs; no word gets lost, none is said twice, and every passage is short enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.retrieval.passages import LONGEST_PASSAGE, cut_passages


def told(text: str) -> list[tuple[str, str]]:
    return [(passage.heading, passage.text) for passage in cut_passages("doc", "v1", "Title", text)]


def test_what_stands_below_a_heading_is_one_passage_with_the_headings_above_it() -> None:
    text = "# Title\n\nBefore.\n\n## Steps\n1. Stop.\n2. Undo.\n\n### Undo ##\nBack.\n## After\nTell."
    assert told(text) == [("", "Before."), ("Steps", "1. Stop.\n2. Undo."), ("Steps › Undo", "Back."), ("After", "Tell.")]


def test_a_line_in_a_fenced_block_is_no_heading() -> None:
    assert told("```\n# comment\n```\n# Real\nText") == [("", "```\n# comment\n```"), ("Real", "Text")]
    assert told("~~~~\n# a\n~~~\n# b\n~~~~\nc")[0][1].count("#") == 2


@pytest.mark.parametrize("line", ["#tag", "####### seven", "    # code", "C# is"])
def test_other_lines_with_such_a_sign_are_no_headings(line: str) -> None:
    assert told(line) == [("", line.strip())]


def test_short_paragraphs_stand_together_and_long_ones_are_cut_at_a_sentence() -> None:
    sentence = "One sentence of this length. "
    text = f"Short.\n\nShort too.\n\n{sentence * 60}"
    found = told(text)
    assert found[0][1] == "Short.\n\nShort too."
    assert len(found) > 2
    assert all(part.endswith(".") for _, part in found)


def test_the_ids_are_those_of_the_version_and_never_shared() -> None:
    ids = [p.passage_id for version in ("v1", "v2") for p in cut_passages("doc", version, "T", "# A\na\n# B\nb")]
    assert len(set(ids)) == 4
    assert ids[:2] == [p.passage_id for p in cut_passages("doc", "v1", "T", "# A\na\n# B\nb")]


@pytest.mark.parametrize("text", ["", " \n\n", "# Title", "#\n##\n"])
def test_a_document_without_text_has_no_passage(text: str) -> None:
    assert told(text) == []


def test_heading_above_nothing_is_said_where_it_stands() -> None:
    assert told("# A\n## B\n## C\nsaid\n# D") == [("A", "B"), ("A › C", "said"), ("", "D")]


@pytest.mark.parametrize(("line", "name"), [("## C# and F#", "C# and F#"), ("## B ##", "B"), ("## ##", ""), ("#no heading", None)])
def test_closing_signs_of_a_heading_are_none_of_its_words(line: str, name: str | None) -> None:
    assert told(f"{line}\nsaid") == ([(name, "said")] if name is not None else [("", f"{line}\nsaid")])


def test_heading_of_many_blanks_is_read_in_no_time() -> None:
    assert told("# x" + " " * 200_000 + "y\nsaid")[0][1] == "said"


@given(st.text(alphabet=st.sampled_from("ab 。#.\n`~1支付ก"), max_size=3_000))
def test_no_sign_gets_lost_and_no_passage_is_too_long(text: str) -> None:
    found = cut_passages("doc", "v1", "Title", f"x{text}")
    assert all(0 < len(passage.text) <= LONGEST_PASSAGE for passage in found)
    kept = "".join("".join(passage.text.split()) for passage in found)
    without_headings = "".join("".join(line.split()) for line in f"x{text}".splitlines() if not line.lstrip().startswith("#"))
    assert len(kept) >= len(without_headings)
    assert set(kept) <= set(f"x{text}")


def test_a_text_without_blanks_is_cut_anywhere() -> None:
    found = told("支" * 2_500)
    assert "".join(part for _, part in found) == "支" * 2_500
