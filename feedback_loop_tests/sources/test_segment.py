"""Product events: words of customers, money, consent and errors, each where it belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.records import FeedbackRecord, MeasuredRows
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop_tests.sources.rows import json_lines, measured, read, record, rejected, said
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes

CONTEXT = {
    "app": {"name": "shop-ios", "version": "2.10"}, "device": {"model": "iPhone15,2"}, "os": {"name": "iOS", "version": "19.1"},
    "locale": "de-DE", "ip": "203.0.113.7",
}  # fmt: skip


def call(kind: str, **more: Any) -> dict[str, Any]:
    told = {"messageId": "m1", "userId": "u1", "anonymousId": "a1", "timestamp": "2026-03-02T10:00:30.250Z", "context": CONTEXT}
    return {"type": kind, **told, **more}


def track(event: str, **properties: Any) -> dict[str, Any]:
    return call("track", event=event, properties=properties)


def rows(*calls: dict[str, Any]) -> list[Any]:
    return read("segment", json.dumps({"batch": calls, "sentAt": "x"}).encode(), "page")


def test_words_of_a_customer_are_a_record_with_app_device_and_locale() -> None:
    found = record(rows(track("Feedback Submitted", text="Bezahlen geht nicht", rating=2))[0])
    assert (found.source, found.source_record_id, found.channel, found.customer_id) == ("segment", "m1", Channel.SURVEY, "u1")
    assert (found.text, found.rating, found.product_version, found.device) == ("Bezahlen geht nicht", 2.0, "2.10", "iPhone15,2")
    assert (found.os, found.locale, found.declared_language, found.product) == ("iOS 19.1", "de-DE", "de", "Acme")


def test_stars_without_words_are_a_record_and_neither_is_none() -> None:
    stars, neither = rows(track("Survey Submitted", rating="4"), track("Survey Submitted", nps=3))
    assert (record(stars).text, record(stars).rating) == (None, 4.0)
    assert rejected(neither).reason is QuarantineReason.MISSING_REQUIRED_VALUE


def test_who_is_not_known_is_anonymous_and_new_fields_are_kept() -> None:
    plain, strange = rows(track("Feedback Submitted", text="x") | {"userId": None}, track("Feedback Submitted", text="x") | {"new": 1})
    assert record(plain).customer_id == "a1"
    assert '"new"' in record(strange).raw_payload


@pytest.mark.parametrize(
    ("event", "properties", "kind", "amount"),
    [
        ("Order Completed", {"total": 27.5, "revenue": 25}, "order", 27.5),
        ("Order Completed", {"revenue": 25.0, "currency": "usd"}, "order", 25.0),
        ("Order Refunded", {"total": 30, "currency": "EUR"}, "refund", None),
        ("Order Refunded", {}, "refund", None),
        ("Subscription Cancelled", {}, "cancellation", None),
        ("Subscription Renewed", {"revenue": "9.99"}, "renewal", 9.99),
    ],
)
def test_business_events_have_an_amount_only_where_it_is_dollars(event: str, properties: dict[str, Any], kind: str, amount: float) -> None:
    told = said(rows(track(event, **properties))[0])
    assert (told["business_event_kind"], told.get("amount_usd"), told["customer_id"]) == (kind, amount, "u1")
    assert (told["business_event_id"], told["occurred_at"]) == ("m1", "2026-03-02T10:00:30.250000Z")


@pytest.mark.parametrize(
    ("traits", "consent"), [({"consent": True}, "yes"), ({"consent": False}, "no"), ({"email_consent": "Yes"}, "yes"), ({}, None)]
)
def test_a_known_user_is_a_customer_with_the_consent_that_is_said(traits: dict[str, Any], consent: str | None) -> None:
    told = said(rows(call("identify", traits={"plan": "pro", "company": {"id": "co1"}, "email": "ada@example.com", **traits}))[0])
    assert (told["known_customer_id"], told["tier"], told["account_id"], told["locale"]) == ("u1", "pro", "co1", "de-DE")
    assert told.get("consent") == consent
    assert "ada" not in json.dumps(told)


def test_errors_are_counted_by_minute_code_and_version() -> None:
    found = rows(*[track("Error Occurred", code="PAY-102", message="Ada's card")] * 2, track("Application Crashed", code="OOM"))
    frame = measured(found)
    columns = ["product", "measured_service", "measured_version", "measured_region", "error_text", "line_count"]
    assert frame.select(columns).rows() == [("Acme", "shop-ios", "2.10", "", "OOM", 1), ("Acme", "shop-ios", "2.10", "", "PAY-102", 2)]
    assert {str(minute) for minute in frame["minute_at"]} == {"2026-03-02 10:00:00+00:00"}
    assert [row.table for row in found if isinstance(row, MeasuredRows)] == ["context_log"]


def test_other_calls_say_nothing() -> None:
    silent = [call("page"), call("screen"), call("group"), call("alias"), track("Button Clicked"), call("identify") | {"userId": None}]
    assert rows(*silent) == []


def test_a_single_call_and_lines_of_calls_are_read_like_a_batch() -> None:
    one = track("Feedback Submitted", text="x")
    assert isinstance(read("segment", json.dumps(one, indent=1).encode(), "page")[0], FeedbackRecord)
    assert [record(row).text for row in read("segment", json_lines(one, one), "jsonl")] == ["x", "x"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"type": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"type": "shout"}, QuarantineReason.UNKNOWN_VALUE),
        ({"messageId": None}, QuarantineReason.MISSING_ID),
        ({"timestamp": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"timestamp": 5}, QuarantineReason.UNREADABLE_DATE),
        ({"event": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"properties": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"properties": [1]}, QuarantineReason.MALFORMED_ROW),
        ({"context": "x"}, QuarantineReason.MALFORMED_ROW),
        ({"event": "Error Occurred", "properties": {"message": "m"}}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"event": "Order Refunded", "properties": {"total": -3}}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"type": "identify", "traits": {"consent": "perhaps"}}, QuarantineReason.UNKNOWN_VALUE),
    ],
    ids=str,
)
def test_a_call_that_is_not_told_as_documented_waits_alone(changed: dict[str, Any], reason: QuarantineReason) -> None:
    good = track("Feedback Submitted", text="x")
    refused, sound = rows(good | changed, good)
    assert rejected(refused).reason is reason
    again = mended("segment", json.dumps(good).encode(), rejected(refused).reader_options)
    assert record(again[0]).record_version_id == record(sound).record_version_id


def test_no_spoilt_batch_crashes_it() -> None:
    calls = [track("Feedback Submitted", text="x", rating=1), track("Order Completed", total=1), track("Error Occurred", code="E")]
    never_crashes("segment", {"batch": [*calls, call("identify", traits={"consent": "yes"})]})
