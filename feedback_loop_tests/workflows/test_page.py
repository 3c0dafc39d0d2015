"""A page says the same in both forms, holds its pictures, and shows customers' words without obeying them."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.workflows.page import LONGEST_CELL, Page, Section, as_html, as_markdown, cell

PICTURE = b"\x89PNG made up"
PAGE = Page(
    "Review", [Section("Drift", ["It <moved>."], ("class", "share"), [("auth", 0.25), (None, 1.0)], "drift.png"), Section("Cost", [])]
)
HOSTILE = (
    "<script>alert(1)</script>", "![x](http://evil.example/p.png)", "[click](javascript:alert(1))", "a | b | c", "`code` *bold* _it_",
    "<img src=x onerror=alert(1)>", "line\n# heading", "www.evil.example", "https://evil.example", "\u202eright to left", "&lt;b&gt;",
)  # fmt: skip


class Tags(HTMLParser):
    """What a page holds: its tags with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_markdown_has_headings_lines_a_table_and_the_picture_beside_it() -> None:
    assert as_markdown(PAGE) == (
        "# Review\n\n## Drift\n\nIt \\<moved\\>.\n\n| class | share |\n| --- | --- |\n| auth | 0.25 |\n| – | 1 |\n\n"
        "![Drift](drift.png)\n\n## Cost\n"
    )


def test_html_holds_its_picture_and_loads_nothing() -> None:
    found = Tags(as_html(PAGE, {"drift.png": PICTURE}))
    (image,) = [attributes for tag, attributes in found.tags if tag == "img"]
    assert image["src"] == f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    assert "It <moved>." in found.words
    assert "default-src 'none'" in str(found.tags)
    assert [tag for tag, _ in found.tags if tag in ("script", "link", "iframe", "a")] == []


def test_a_picture_that_was_not_drawn_is_left_out() -> None:
    assert "<img" not in as_html(PAGE, {})


@pytest.mark.parametrize("text", HOSTILE)
def test_customers_words_are_shown_and_never_interpreted(text: str) -> None:
    page = Page("Review", [Section("Said", [], ("text",), [(text,)])])
    plain = Tags(as_html(Page("Review", [Section("Said", [], ("text",), [("words",)])]), {}))
    assert [tag for tag, _ in Tags(as_html(page, {})).tags] == [tag for tag, _ in plain.tags]
    row = as_markdown(page).splitlines()[-1]
    assert as_markdown(page).count("\n") == 7
    assert not re.search(r"(?<!\\)[<>\[\]|`*:]|www\.|\u202e", row.removeprefix("| ").removesuffix(" |"))


@given(st.text(max_size=400))
def test_a_cell_is_one_line_of_bounded_length(text: str) -> None:
    found = cell(text)
    assert "\n" not in found
    assert len(found) <= LONGEST_CELL + 2


def test_a_product_of_many_lines_neither_ends_the_title_nor_the_query_of_markdown() -> None:
    odd = "Print\n```\n# Heading\n<b>"
    said = as_markdown(Page(f"Week: {odd}", [Section("One", [], query=f"select '{odd}'")]))
    assert said.startswith("# Week: Print ``` # Heading \\<b\\>\n\n## One\n")
    assert f"````sql\nselect '{odd}'\n````\n" in said
