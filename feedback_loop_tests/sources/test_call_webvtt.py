"""WebVTT: voices, notes, and cues that are broken."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.call_turns import Turn
from feedback_loop.sources.call_webvtt import webvtt_transcript
from feedback_loop.sources.reading import RowRefused

CUE = "00:01.000 --> 00:02.000\n"


def turns(cues: str) -> list[Turn]:
    return [turn for turn in webvtt_transcript(f"WEBVTT\n\n{cues}".encode()).turns if turn.text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<v Ann>Hi there</v>", [("Ann", "Hi there")]),
        ("<v Ann>Hi there", [("Ann", "Hi there")]),
        ("<v.loud.first Ann Lee>Hi <b>there</b> &amp; <00:01.500>now", [("Ann Lee", "Hi there & now")]),
        ("<v Ann>Hi</v> <v Ben>Hello\nyou", [("Ann", "Hi"), ("Ben", "Hello you")]),
        ("no voice", [("", "no voice")]),
        ("<v Ann>Hi</v> after", [("Ann", "Hi"), ("", "after")]),
    ],
)
def test_voices_of_a_cue_are_turns(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(turn.speaker, turn.text) for turn in turns(CUE + text)] == expected


def test_times_with_and_without_hours_are_seconds() -> None:
    assert [turn.start_seconds for turn in turns(f"{CUE}a\n\n01:00:00.250 --> 01:00:01.000\nb")] == [1.0, 3600.25]


def test_notes_before_the_first_cue_tell_of_the_call_and_later_ones_do_not() -> None:
    raw = f"WEBVTT - a title\n\nNOTE\ncall_id: 7\nstarted_at: 2026-03-01T10:00:00Z\n\nNOTE customer: Ann\n\n{CUE}a\n\nNOTE customer: Ben\n"
    assert webvtt_transcript(raw.encode()).told == {"call_id": "7", "started_at": "2026-03-01T10:00:00Z", "customer": "Ann"}


def test_a_mark_of_byte_order_is_no_part_of_the_payload() -> None:
    assert webvtt_transcript(b"\xef\xbb\xbfWEBVTT\n").payload == "WEBVTT\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no transcript", QuarantineReason.MALFORMED_ROW),
        (b"WEBVTT\n\n00:01 --> 00:02\nlost words", QuarantineReason.MALFORMED_ROW),
        (b"WEBVTT\n\n00:01.000 --> soon\nlost words", QuarantineReason.MALFORMED_ROW),
        (b"WEBVTT\n\n" + CUE.encode() + b"\xff", QuarantineReason.BROKEN_ENCODING),
    ],
)
def test_a_broken_transcript_is_refused_and_loses_no_words_silently(raw: bytes, reason: QuarantineReason) -> None:
    with pytest.raises(RowRefused) as refusal:
        webvtt_transcript(raw)
    assert refusal.value.problem.reason is reason
