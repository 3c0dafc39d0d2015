"""Calls: one record a file, the customer's turns alone as text, never a guess at who the customer is."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources.calls import read_calls
from feedback_loop.sources.reading import reading_again
from feedback_loop_tests.sources.call_files import CALL, OTHERS, SAID, Json, amazon_speakers, analytics, deepgram, page, webvtt
from feedback_loop_tests.sources.mutations import survives
from feedback_loop_tests.sources.rows import read, record, rejected


@pytest.mark.parametrize(("raw", "form"), [(webvtt(), "webvtt"), (page(amazon_speakers()), "page"), (page(analytics()), "page")])
def test_a_call_becomes_one_record_of_the_customers_turns(raw: bytes, form: str) -> None:
    (row,) = read("calls", raw, form)
    found = record(row)
    assert (found.source, found.source_record_id, found.channel, found.product) == ("calls", "call-7", Channel.CALL, "Acme")
    assert (found.text, found.context_text, found.customer_id) == (SAID, OTHERS, "c7")
    assert found.occurred_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert found.raw_payload.encode() == raw


def test_a_customer_may_be_several_speakers() -> None:
    assert record(read("calls", page(amazon_speakers(["spk_0", "spk_1"])), "page")[0]).context_text is None


def test_names_that_are_no_roles_have_to_be_told_in_a_note() -> None:
    names = ("Ben", "Ann Lee")
    assert rejected(read("calls", webvtt(names=names), "webvtt")[0]).reason is QuarantineReason.MISSING_REQUIRED_VALUE
    note = "call_id: call-7\nstarted_at: 2026-03-01T10:00:00Z\ncustomer: Ann Lee"
    assert record(read("calls", webvtt(note, names), "webvtt")[0]).text == SAID


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"customer": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"customer": "spk_9"}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"customer": 7.5}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"customer": {"spk": 1}}, QuarantineReason.MALFORMED_ROW),
        ({"customer": [""]}, QuarantineReason.MALFORMED_ROW),
        ({"call_id": " "}, QuarantineReason.MISSING_ID),
        ({"call_id": ["x"]}, QuarantineReason.MALFORMED_ROW),
        ({"started_at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"started_at": "at noon"}, QuarantineReason.UNREADABLE_DATE),
    ],
)
def test_a_call_that_lacks_something_waits_in_quarantine_and_is_read_when_mended(told: Json, reason: QuarantineReason) -> None:
    call = amazon_speakers()
    row = rejected(read("calls", page(call | {"call": call["call"] | told}), "page")[0])
    assert row.reason is reason
    assert "spk_9" not in row.detail
    again = reading_again("calls", "call.json", row.reader_options)
    (mended,) = read_calls(io.BytesIO(page(call)), again)
    assert record(mended).text == SAID
    (still,) = read_calls(io.BytesIO(row.raw_bytes), again)
    assert rejected(still).quarantine_id == row.quarantine_id


def test_when_a_call_was_transcribed_is_not_when_it_was_held() -> None:
    told = {name: value for name, value in CALL.items() if name != "started_at"} | {"customer": "1"}
    row = rejected(read("calls", page(deepgram() | {"call": told}), "page")[0])
    assert row.detail.startswith("started_at")


def test_what_a_vendor_adds_is_kept_in_the_payload() -> None:
    assert '"sentiment"' in record(read("calls", page(deepgram() | {"sentiment": 1}), "page")[0]).raw_payload


def test_mutated_calls_are_read_or_refused() -> None:
    assert survives("calls", webvtt(), "webvtt")
    for call in (amazon_speakers(is_old=True), analytics(), deepgram()):
        assert survives("calls", page(call), "page", count=60)
