"""Whoever mends a taxonomy is told which class is meant, by its name or its number from 1, and what to write."""

from __future__ import annotations

import pytest

from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop.errors import TaxonomyRefused


@pytest.mark.parametrize(
    ("classes", "problems"),
    [
        ("[{id: refunds, exmaples: [x]}, b]", ["refunds: 'exmaples' is no field; maybe 'examples' is meant"]),
        ("[{exmaples: [x]}, b]", ["class 1: id: add it", "class 1: 'exmaples' is no field; maybe 'examples' is meant"]),
        ("[a, 5]", ["class 2: is no class; write a name, or fields such as id and definition"]),
        ("[a, {id: Late delivery}]", ["class 2: id: write it with a-z, 0-9 and _, and the words under name"]),
        ("[a, {id: b, formerly: [c, D d]}]", ["b: formerly entry 2: write it with a-z, 0-9 and _"]),
        ("[a, {id: b, examples: {en: [x, '']}}]", ["b: examples.en entry 2: is empty; write something, or leave it out"]),
        ("[a, {id: b, examples: {english: [x]}}]",
         ["b: examples.english: is no code of a language; write two or three letters, such as en"]),
        ("[a, {id: b, examples: {en: [5]}}]", ["b: examples.en entry 1: write a text; put quotes around a number or a date"]),
        ("[a, {id: b, sensitive: maybe}]", ["b: sensitive: write true or false"]),
        ("[a, {id: b, 1: x}]", ["b: holds a field whose name is no text"]),
        ("{a: b}", ["classes: write a list"]),
    ],
)  # fmt: skip
def test_a_problem_names_its_class_and_what_to_write(classes: str, problems: list[str]) -> None:
    with pytest.raises(TaxonomyRefused) as refused:
        read_taxonomy_text(f"counts_as: other\nclasses: {classes}")
    assert refused.value.problems == problems


def test_a_field_of_the_file_that_is_none_is_named_with_what_may_be_meant() -> None:
    with pytest.raises(TaxonomyRefused) as refused:
        read_taxonomy_text("counts_as: other\nclases: [a, b]")
    assert refused.value.problems == ["classes: write a list", "'clases' is no field; maybe 'classes' is meant"]
    with pytest.raises(TaxonomyRefused, match="'colour' is no field; fields are language, counts_as, classes"):
        read_taxonomy_text("colour: red\nclasses: [a, b]")


def test_a_line_that_is_no_yaml_is_named_by_its_number() -> None:
    with pytest.raises(TaxonomyRefused, match=r"is no YAML \(line 3: "):
        read_taxonomy_text("counts_as: other\nclasses:\n  - {id: a, definition: [}\n  - b\n")
