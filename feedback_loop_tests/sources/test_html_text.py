"""HTML as somebody reads it: words in lines and paragraphs, quoted mails with marks, nothing that is hidden."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.sources.html_text import html_text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>The app <b>crashes</b></p><p>Every time</p>", "The app crashes\n\nEvery time"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a &lt; b &amp;&nbsp;c &#8364;", "a < b & c €"),
        ("<style>p {color: red}</style><script>if (a<b) x()</script><title>T</title>seen", "seen"),
        ("<!-- hidden > --> seen <!doctype html>", "seen"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("", ""),
        ("<", "<"),
        ("<p", "<p"),
    ],
)
def test_words_are_kept_and_markup_is_not(page: str, text: str) -> None:
    assert html_text(page) == text


def test_a_quoted_mail_has_marks_and_what_is_only_indented_has_none() -> None:
    assert html_text('new<blockquote type="cite"><p>old</p><div>older</div></blockquote>after') == "new\n\n> old\n\n> older\n\nafter"
    assert html_text("<blockquote>my own words</blockquote>") == "my own words"
    assert html_text('<blockquote class="gmail_quote">a<blockquote>b</blockquote>c</blockquote>') == "> a\n\n> b\n\n> c"


def test_an_end_without_its_beginning_changes_nothing() -> None:
    assert html_text("</blockquote></p></blockquote>words") == "words"


@given(st.text(alphabet="<>/!-abp&;= \"'\n", max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_page_has_a_text(page: str) -> None:
    assert isinstance(html_text(page), str)
