"""Markup: which parts of a text are HTML, and which only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.alignment import rewrite
from feedback_loop.methods.normal_text.markup import without_hidden, without_tags

_LONG = "p { color: red }\n" * 2000


def _read(text: str) -> str:
    seen = rewrite(text, without_hidden(text)).text
    return rewrite(seen, without_tags(seen)).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("one<br>two<BR />three</br>", "one\ntwo\nthree\n"),
        ("<a title=\"a > b\" href='x>y'>link</a>", "link"),
        ("<img alt=Don't src=x>y it's", "y it's"),
        ("<td nowrap>c</td><input type=checkbox disabled>", "\nc\n"),
        ("<ul><li>one<li>two</ul>", "\n\none\ntwo\n"),
        (f"<style>{_LONG}</style >seen<script src='x'>{_LONG}</SCRIPT>", "seen"),
        ("<script>if (a<b) { x('</p>') }</script>seen", "seen"),
        ("<!--[if mso]><table><![endif]-->hi<!--[if !mso]><!-->you<!--<![endif]-->", "hiyou"),
        ("<![if !mso]>x<![endif]>y<o:p></o:p>", "xy"),
        ('<!DOCTYPE html PUBLIC "-//W3C"><?xml version="1.0"?>x', "x"),
        ("&eacute;&euro;&hellip;&trade;&#8217;&#x2019;&AMP;&NBSP;", "é€…™’’&\xa0"),
        ("a&nbsp b &amp c &#39", "a\xa0 b & c '"),
        ("&amp;amp;lt;", "<"),
    ],
)
def test_markup_is_read_as_a_browser_shows_it(raw: str, text: str) -> None:
    assert _read(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        "I <3 it, <- -> => <= >= <> << >>",
        "a < b and c > d",
        "a <b and c> d",
        "if (x<y) return; x<y && y>z",
        "AT&T; R&D; ?a=1&copy=2&b=3 &notit; &not;",
        "Press <Enter> at <time>",
        "<b unclosed",
        "<script>unclosed <!-- too <style>",
        '<a href="x',
        "<b x='https://u:[SECRET] >",
    ],
)
def test_text_that_is_no_markup_stays(text: str) -> None:
    assert _read(text) == text


def test_elements_opened_often_and_closed_once_hide_what_lies_between() -> None:
    assert _read("<!--" * 3 + "hidden-->" + "<!--" * 3) == "<!--" * 3


@given(
    st.lists(st.sampled_from(["<a ", '="', "'", ">", "<b>", "<!--", "-->", "<script>", "</script>", "x", "&", "amp;", "#"])).map("".join)
)
def test_nothing_is_invented(raw: str) -> None:
    assert len(_read(raw)) <= len(raw)
