"""Segmentation: units tile the words, never cut what is protected, and say one thing each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.personal_data.masking import find_personal_data, whole_spans
from feedback_loop.methods.segments.cutting import MAX_UNIT_WORDS, segment
from feedback_loop.methods.segments.word_kinds import Words
from feedback_loop_tests.methods.texts import messages


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text)]


@settings(max_examples=300)
@given(messages)
def test_units_ascend_and_hold_every_character_that_is_no_blank(text: str) -> None:
    units = segment(text)
    edges = [0, *(edge for span in units for edge in span), len(text)]
    assert edges == sorted(edges)
    assert all(text[start:end].isspace() or start == end for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in units)


@settings(max_examples=200)
@given(messages)
def test_no_unit_ends_within_personal_data_or_its_cue(raw: str) -> None:
    text = normalise(raw).text
    protected = whole_spans(find_personal_data(text))
    for start, end in segment(text, protected):
        assert not any(low < edge < high for low, high in protected for edge in (start, end))


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_protected_span_is_never_cut_wherever_it_lies(text: str, one: int, other: int) -> None:
    low, high = min(one, other), max(one, other)
    for start, end in segment(text, [(low, high)]):
        assert not low < start < high or text[low:start].isspace()
        assert not low < end < high or text[end:high].isspace() or end == len(text.rstrip())


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("I was charged twice. The login fails every day.", ["I was charged twice.", "The login fails every day."]),
        ("Login fails. Refund never came.", ["Login fails.", "Refund never came."]),
        ("Payment keeps failing!!! Support does not answer???", ["Payment keeps failing!!!", "Support does not answer???"]),
        ("The map is empty...please repair the search of stations", ["The map is empty...", "please repair the search of stations"]),
        ("The payment is broken.Refunds take three weeks.", ["The payment is broken.", "Refunds take three weeks."]),
        ("पैसा कट गया। रिचार्ज नहीं हुआ।", ["पैसा कट गया।", "रिचार्ज नहीं हुआ।"]),
        ("支付失败了三次。客服也不回复邮件！", ["支付失败了三次。", "客服也不回复邮件！"]),
        ("Money is stuck in wallet 😭 no reply from support", ["Money is stuck in wallet 😭", "no reply from support"]),
        ("Payment page hangs\nInvoice shows wrong name", ["Payment page hangs", "Invoice shows wrong name"]),
        ("- payment page hangs\n- invoice shows wrong name", ["- payment page hangs", "- invoice shows wrong name"]),
        ("1. login page hangs 2. invoice shows wrong name", ["1. login page hangs", "2. invoice shows wrong name"]),
    ],
)
def test_sentences_lines_and_items_are_units(text: str, units: list[str]) -> None:
    assert _cut(text) == units


@pytest.mark.parametrize(
    "text",
    [
        "Version 1.1.4 of Dr. Smith costs Rs. 500 e.g. on Mondays",
        "See https://example.org/a.Bc?x=1!y for the broken page",
        "Worst app ever!! The login fails every time. Please fix.",
        "Hello team, The invoice shows a wrong name",
        "I paid twice. It was never refunded. Because of this my account is empty.",
        "I paid for the ticket but the order has never arrived",
        "My problem: the invoice shows a wrong name",
        "I have been waiting for the refund of my ticket to\nthe festival that was cancelled in May",
        "After 10. the counter restarts",
    ],
)
def test_one_complaint_stays_one_unit(text: str) -> None:
    assert _cut(text) == [text]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The support team is really helpful", "but payments fail every single day"),
        ("Die Oberfläche ist wirklich sehr schön", "aber die Zahlung bricht jedes Mal ab"),
        ("My payment fails every single day", "and also the invoice shows a wrong name"),
        ("The payment fails every single day,", "and my invoice shows a wrong name"),
        ("The payment fails every single day,", "besides nobody answers my three mails"),
    ],
)
def test_long_clauses_of_one_sentence_part_at_praise_and_addition(left: str, right: str) -> None:
    assert _cut(f"{left} {right}") == [left, right]


def test_short_clauses_do_not_part() -> None:
    assert _cut("Nice design, but slow") == ["Nice design, but slow"]


def test_overlong_text_without_full_stops_comes_apart() -> None:
    units = _cut("the payment fails and the invoice is wrong, " * 20)
    assert len(units) > 1
    assert all(len(Words(unit).starts) <= MAX_UNIT_WORDS for unit in units)


def test_exclamations_at_both_ends_go_with_the_complaint_next_to_them() -> None:
    text = "Horrible!!! My refund of March is missing. Useless!! The search finds no station. Hello? The map stays empty."
    assert _cut(text) == [
        "Horrible!!! My refund of March is missing. Useless!!",
        "The search finds no station.",
        "Hello? The map stays empty.",
    ]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        (
            "I was charged twice for my subscription. I also cannot log in anymore.",
            ["I was charged twice for my subscription.", "I also cannot log in anymore."],
        ),
        (
            "I am so angry!! The refund never arrived. Worst app ever. Please help.",
            ["I am so angry!! The refund never arrived. Worst app ever. Please help."],
        ),
        ("Hello team, I cannot log in. Thanks a lot for your help!", ["Hello team, I cannot log in. Thanks a lot for your help!"]),
        (
            "The parcel never came. The parcel was sent to a wrong street.",
            ["The parcel never came. The parcel was sent to a wrong street."],
        ),
        ("My order arrived late. It was supposed to be a gift.", ["My order arrived late. It was supposed to be a gift."]),
        ("I paid for a year of premium. It crashes all the time.", ["I paid for a year of premium.", "It crashes all the time."]),
        ("Die Rechnung ist falsch. Ich bin sehr enttäuscht!", ["Die Rechnung ist falsch. Ich bin sehr enttäuscht!"]),
        ("De app crasht steeds. Wat een schande!", ["De app crasht steeds. Wat een schande!"]),
        ("Problems:\n- login fails\n- refund missing\nThanks", ["Problems:\n- login fails", "- refund missing\nThanks"]),
    ],
)
def test_moods_and_pleas_go_with_their_symptom_and_new_topics_part(text: str, units: list[str]) -> None:
    assert _cut(text) == units


def test_hostile_text_with_many_marks_and_protected_spans_comes_apart() -> None:
    for piece in ("and the ", "!)))", "....5", "\n - ", "1) 2) ", "w ! ", "，但是", "😡", "a@b.de, but "):
        text = piece * (6_000 // len(piece))
        assert segment(text, [(place, place + 2) for place in range(0, len(text) - 2, 4)])


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_blank_text_has_no_units(text: str) -> None:
    assert segment(text) == []


def test_cut_right_behind_a_protected_span_is_allowed_and_inside_it_is_not() -> None:
    text = "The map is empty. The search fails daily."
    assert segment(text, [(0, 17)]) == [(0, 17), (18, 41)]
    assert segment(text, [(0, 18)]) == [(0, 41)]
