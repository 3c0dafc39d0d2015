"""Units: the alignment law, coverage of the raw text, and nothing personal between the cuts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import Channel, RemovedKind
from feedback_loop.methods.alignment import AlignedText, Alignment
from feedback_loop.methods.cleaning import PLAIN, Cleaning
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.silver.units import kept_spans, said, stripped, units
from feedback_loop_tests.methods.texts import messages


@settings(max_examples=400, deadline=None)
@given(messages)
def test_masked_text_of_every_unit_is_that_of_its_raw_slice(raw: str) -> None:
    for unit in units(raw):
        assert PLAIN.clean(raw[unit.raw_start : unit.raw_end]).text == unit.masked.text
        assert unit.masked.text
        assert PLAIN.find(unit.masked.text) == []


@settings(max_examples=400, deadline=None)
@given(messages, st.sampled_from(list(Channel)))
def test_units_and_removed_spans_cover_the_raw_text(raw: str, channel: Channel) -> None:
    reply = stripped(raw, channel)
    spans = sorted([*((u.raw_start, u.raw_end) for u in said(raw, reply.kept).units), *((r.start, r.end) for r in reply.removed)])
    edges = [0, *(edge for span in spans for edge in span), len(raw)]
    assert edges == sorted(edges)
    assert all(normalise(raw[start:end]).text == "" for start, end in zip(edges[::2], edges[1::2], strict=True))


@settings(max_examples=300, deadline=None)
@given(messages)
def test_units_together_say_what_the_masked_message_says(raw: str) -> None:
    whole = PLAIN.clean(raw).text
    words = [unit.masked.text for unit in units(raw)]
    assert "".join("".join(words).split()) == "".join(whole.split())


@settings(max_examples=200, deadline=None)
@given(messages)
def test_stored_alignment_leads_back_to_the_raw_characters(raw: str) -> None:
    for unit in units(raw):
        alignment = Alignment.unflatten(unit.masked.alignment.flatten())
        for run in alignment.runs:
            start, end = unit.raw_start + run.source_start, unit.raw_start + run.source_end
            assert raw[start:end] == unit.masked.text[run.derived_start : run.derived_end]


def test_cue_and_value_stay_together_though_a_line_ends_between_them() -> None:
    raw = "My invoice shows a wrong name.\nPhone:\n467 3395\nThe search finds no station."
    words = [unit.masked.text for unit in units(raw)]
    assert words == ["My invoice shows a wrong name.\nPhone:\n[PHONE]", "The search finds no station."] or "467" not in "".join(words)


def test_offsets_count_code_points_of_the_raw_text() -> None:
    raw = "  😡&amp; refund e\u0301tude lost!  Mail jane@example.org never came back.  "
    first, second = units(raw)
    assert raw[first.raw_start : first.raw_end] == "😡&amp; refund e\u0301tude lost!"
    assert raw[second.raw_start : second.raw_end] == "Mail jane@example.org never came back."
    assert second.masked.text == "Mail [EMAIL] never came back."
    assert second.masked.alignment.source_span(5, 12) == (5, 21)


def test_only_mail_like_channels_lose_quotes_and_signatures() -> None:
    text = "It fails.\n\nBest regards,\nJane Doe"
    assert [r.kind for r in stripped(text, Channel.EMAIL).removed] == [RemovedKind.SIGNATURE]
    assert [r.kind for r in stripped(text, Channel.TICKET).removed] == [RemovedKind.SIGNATURE]
    assert stripped(text, Channel.APP_REVIEW).kept == ((0, len(text)),)
    assert stripped("", Channel.APP_REVIEW).kept == ()


def test_kept_spans_are_what_the_removed_ones_leave() -> None:
    assert kept_spans(10, [(0, 2, RemovedKind.QUOTE), (5, 7, RemovedKind.QUOTE)]) == [(2, 5), (7, 10)]
    assert kept_spans(4, [(0, 4, RemovedKind.QUOTE)]) == []
    assert kept_spans(4, []) == [(0, 4)]


def test_masked_message_holds_the_kept_parts_only() -> None:
    raw = "Call 9876543210.\n-- \nJane Doe\n"
    assert said(raw, stripped(raw, Channel.EMAIL).kept).masked == "Call [PHONE]."


class CountingCleaning(Cleaning):
    """Counts the characters that it cleans."""

    cleaned = 0

    def clean(self, raw: str) -> AlignedText:
        """What `Cleaning` makes of it."""
        type(self).cleaned += len(raw)
        return super().clean(raw)


def test_text_that_was_composed_as_a_whole_is_not_cleaned_again_for_each_of_its_pieces() -> None:
    raw = "\u0958\x85" * 500
    (unit,) = units(raw, CountingCleaning())
    assert (unit.raw_start, unit.masked.text) == (0, PLAIN.clean(raw).text)
    assert CountingCleaning.cleaned <= len(raw)
