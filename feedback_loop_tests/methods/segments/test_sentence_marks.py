"""Sentence ends: stops of many scripts, and every full stop that ends nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.segments.sentence_marks import Fences, is_heading, sentence_ends
from feedback_loop_tests.methods.texts import messages


def _cut(text: str) -> list[str]:
    edges = [0, *sentence_ends(text), len(text)]
    return [piece for start, end in pairwise(edges) if (piece := text[start:end].strip())]


@given(messages)
def test_ends_ascend_within_the_text(text: str) -> None:
    ends = [*sentence_ends(text)]
    assert ends == sorted(set(ends))
    assert all(0 <= end <= len(text) for end in ends)


@pytest.mark.parametrize(
    "text",
    [
        "Version v2.3.1 of the search costs 12.50 and 3.000 more",
        "See https://example.org/a.Bc?x=1!y or www.example.org/a.b?c for it",
        "Mail a.b@example.org or [EMAIL] about order no. 17",
        "Dr. Smith of Example Inc. sent e.g. three mails, approx. 10 a.m. on Monday",
        "Herr Dr. Weiß schrieb z.B. am Montag usw. mehrmals",
        "After 10. the counter restarts",
        "The author J. Smith is shown twice",
        "I have been waiting for the refund of my ticket to\nthe festival that was cancelled",
        "it loads ... and then it stops",
    ],
)
def test_marks_that_end_nothing_are_left_alone(text: str) -> None:
    assert _cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("They said no. I asked again.", ["They said no.", "I asked again."]),
        ("It fails at 5 p.m. The app closes.", ["It fails at 5 p.m.", "The app closes."]),
        ("It crashes.Please fix", ["It crashes.", "Please fix"]),
        ("it crashes.please fix", ["it crashes.", "please fix"]),
        ("It crashes...Please fix", ["It crashes...", "Please fix"]),
        ('Why?! "No." Bad (really!) App', ["Why?!", '"No."', "Bad (really!)", "App"]),
        ("पैसा कट गया। रिचार्ज नहीं हुआ॥", ["पैसा कट गया।", "रिचार्ज नहीं हुआ॥"]),
        ("付款失败。「没有退款！」客服不理", ["付款失败。", "「没有退款！」", "客服不理"]),
        ("لم يصل؟ أين المال", ["لم يصل؟", "أين المال"]),
        ("no reply 😡😡 card lost 😭", ["no reply 😡😡", "card lost 😭"]),
        ("one\n\ntwo\nThree", ["one", "two", "Three"]),
        ("a) login fails\nb) map empty", ["a) login fails", "b) map empty"]),
        ("1. login 2. map 3. bill", ["1. login", "2. map", "3. bill"]),
        ("• login • map", ["• login", "• map"]),
    ],
)
def test_stops_emoji_lines_and_items_end_sentences(text: str, sentences: list[str]) -> None:
    assert _cut(text) == sentences


def test_long_line_that_goes_on_in_lower_case_ends_nothing_unless_it_is_too_long_to_be_wrapped() -> None:
    line = "the parcel that was ordered in May has not come and"
    assert len(_cut(f"{line}\nnobody answers")) == 1
    assert len(_cut(f"{line} {line}\nnobody answers")) == 2


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple)), st.lists(st.integers(0, 30)))
def test_fences_hold_exactly_the_cuts_within_a_span(spans: list[tuple[int, int]], cuts: list[int]) -> None:
    free = [cut for cut in cuts if not any(start < cut < end for start, end in spans)]
    assert [*Fences.around(spans).let_through(cuts)] == free


def test_heading_ends_with_a_colon() -> None:
    assert is_heading("My problems: login", (0, 12))
    assert not is_heading("My problems: login", (0, 18))
