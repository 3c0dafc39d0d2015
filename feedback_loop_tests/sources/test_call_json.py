"""JSON of the vendors of transcripts: the same call in each of their forms, and what is none of them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.call_json import json_transcript
from feedback_loop.sources.call_turns import words_of
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.call_files import (
    CALL,
    OTHERS,
    SAID,
    Json,
    amazon_channels,
    amazon_speakers,
    analytics,
    contact_lens,
    deepgram,
    deepgram_words,
    page,
)

FORMS: dict[str, tuple[Json, str | None]] = {
    "speakers": (amazon_speakers(), "spk_1"),
    "speakers in segments": (amazon_speakers(is_old=True), "spk_1"),
    "channels": (amazon_channels(), "ch_1"),
    "channels with their own items": (amazon_channels(is_old=True), "ch_1"),
    "call analytics": (analytics(), None),
    "contact lens": (contact_lens(), None),
    "utterances": (deepgram(), "speaker 1"),
    "utterances of two channels": (deepgram(several=True), "channel 1"),
    "words": (deepgram_words(), "1"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_tells_who_said_what(form: str) -> None:
    call, customer = FORMS[form]
    found = json_transcript(page(call), 1_000_000)
    assert words_of(found.turns, [customer] if customer else []) == (SAID, OTHERS)
    assert found.told["call_id"] == CALL["call_id"]
    assert json.loads(found.payload) == call


@pytest.mark.parametrize(
    ("call", "own_id"),
    [(amazon_speakers(), "job-1"), (analytics(), "job-1"), (contact_lens(), "contact-1"), (deepgram(), "request-1")],
)
def test_without_an_id_of_ours_the_vendors_is_taken(call: Json, own_id: str) -> None:
    assert json_transcript(page(call | {"call": {}}), 1_000_000).told["call_id"] == own_id


def changed(change: Callable[[Json], object]) -> bytes:
    call: Json = json.loads(page(amazon_speakers()))
    change(call)
    return page(call)


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        b"[]",
        b'{"results": {}}',
        b'{"results": {"items": 1}}',
        b'{"results": {"items": [1]}}',
        b'{"results": {"channels": [{"alternatives": [{"words": [{"word": true, "start": 0}]}]}]}}',
        b'{"results": {"utterances": [{"start": 0}]}}',
        b'{"results": {"utterances": {}}}',
        b'{"Transcript": [1]}',
        b'{"Transcript": [{"Content": "x"}]}',
        changed(lambda call: call.update(call="x")),
        changed(lambda call: call["results"].update(speaker_labels=[])),
        changed(lambda call: call["results"].update(channel_labels=1)),
        changed(lambda call: call["results"]["items"][0].update(start_time="soon")),
        changed(lambda call: call["results"]["items"][0].update(alternatives=None)),
        changed(lambda call: call["results"]["items"][0]["alternatives"][0].update(content=["x"])),
    ],
)
def test_what_is_no_transcript_or_a_broken_one_is_refused(raw: bytes) -> None:
    with pytest.raises(RowRefused) as refusal:
        json_transcript(raw, 1_000_000)
    assert refusal.value.problem.reason is QuarantineReason.MALFORMED_ROW


def test_a_document_above_the_limit_is_refused() -> None:
    with pytest.raises(RowRefused, match="longer than"):
        json_transcript(page(amazon_speakers()), 100)
