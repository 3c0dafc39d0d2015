"""Recorded calls, one file a call and one record: WebVTT with voice tags (.vtt), Amazon Transcribe or Deepgram JSON (.json).

Only the customer's turns are the text, a line a turn; all others are context. The convention for what no transcript says of itself:
`call_id`, `started_at` (ISO 8601), `customer` (whose turns, as the transcript names the speaker), and where known `customer_id`,
`customer_name`, `customer_email`, `language`; in a NOTE before the first cue of WebVTT, or in an object `call` beside the vendor's names
in JSON. Without `call_id`, the job's or request's id is taken; without `customer`, whoever has a customer's role (`Customer`, `Caller`,
`CUSTOMER`). The rule that is easy to break: when a call was transcribed is not when it was held, so `started_at` has no substitute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.call_json import json_transcript
from feedback_loop.sources.call_turns import CUSTOMER, words_of
from feedback_loop.sources.call_webvtt import webvtt_transcript
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values
from feedback_loop.sources.whole_file import read_whole

SOURCE = "calls"
WEBVTT_FORM = "webvtt"
MAX_CALL_BYTES = 16 * 1024 * 1024
"""An hour of words, each with its times and its confidence, is some 4 MB of JSON."""


def read_calls(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The record of the call or its rejected file."""
    return read_whole(stream, reading, MAX_CALL_BYTES, _call)


def _call(raw: bytes, reading: Reading) -> FeedbackRecord:
    call = webvtt_transcript(raw) if reading.form == WEBVTT_FORM else json_transcript(raw, MAX_CALL_BYTES)
    words = words_of(call.turns, _named(call.told))
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(call.told, "call_id", QuarantineReason.MISSING_ID),
        channel=Channel.CALL,
        product=reading.product,
        occurred_at=read.instant(call.told, "started_at"),
        text=read.words({"text": words.customer}, "text"),
        context_text=read.words({"text": words.others}, "text"),
        customer_id=read.word(call.told, "customer_id"),
        customer_name=read.word(call.told, "customer_name"),
        customer_email=read.word(call.told, "customer_email"),
        declared_language=read.language(call.told, "language"),
        raw_payload=call.payload,
        source_file=reading.file_name,
        source_row_number=1,
    )


def _named(told: Values) -> list[str]:
    """The speakers that the file says are the customer; none where it says nothing."""
    said = told.get(CUSTOMER)
    if said is None:
        return []
    names = said if isinstance(said, list) else [said]
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{CUSTOMER} is no name of a speaker")
    return names
