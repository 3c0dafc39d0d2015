"""Log records as error strings: errors only, and nothing of a request in them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.otlp_logs import error_text, read_log
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.otlp_requests import attrs, log

WEB = Where("web", "", "")


def text_of(**changed: Any) -> str | None:
    found = read_log(WEB, log(5, "Card declined", "17") | changed)
    return found and found.error_text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("PAY-10234: card declined after 3 tries", "PAY-10234: card declined after 3 tries"),
        ("user ada@example.com not found", "user <address> not found"),
        ("no cart 7f3a9c0e-1111-2222-3333-444455556666", "no cart <id>"),
        ("session deadbeef00112233 expired", "session <id> expired"),
        ("order 4711001 from 203.0.113.7 failed", "order <number> from <ip> failed"),
        ("GET https://example.com/u/1?token=x failed", "GET <url> failed"),
        ("unknown name 'Ada' in \"Berlin\"", "unknown name <value> in <value>"),
        ("can't reach the bank, it's down", "can't reach the bank, it's down"),
        ("\n\nTraceback\tlast\nline two", "Traceback last"),
        ("Null\x00value", "Null value"),
    ],
)
def test_what_differs_from_request_to_request_is_taken_out(message: str, text: str) -> None:
    assert error_text(message) == text
    assert error_text(text) == text


def test_records_below_error_are_none_and_the_text_tells_where_no_number_does() -> None:
    assert text_of(severityNumber="13") is None
    assert text_of(severityNumber=None, severityText="info") is None
    assert text_of(severityNumber="0", severityText="Fatal") == "Card declined"
    assert text_of(severityNumber="21", severityText=None) == "Card declined"


def test_an_instant_that_is_not_known_is_that_of_its_observation() -> None:
    found = read_log(WEB, log(5, "x", "17") | {"timeUnixNano": "0", "observedTimeUnixNano": log(65, "x")["timeUnixNano"]})
    assert found is not None
    assert found.minute.minute == 1


def test_a_record_on_a_minute_is_of_that_minute() -> None:
    found = read_log(WEB, log(60, "x", "17"))
    assert found is not None
    assert found.minute.minute == 1


def test_a_body_that_is_no_text_is_told_by_its_exception_or_refused() -> None:
    assert text_of(body={"kvlistValue": {}}, attributes=attrs(exception__type="IOError")) == "IOError"
    assert text_of(body=None, eventName="pay.failed") == "pay.failed"
    with pytest.raises(RowRefused):
        text_of(body={})


def test_a_long_message_is_short_soon() -> None:
    begun = time.process_time()
    for message in ("a@" * 100_000, "f" * 200_000, "'" * 200_000, "1." * 100_000, '"' * 199_999, "f-" * 100_000):
        assert len(error_text(message)) <= 1000
    assert time.process_time() - begun < 5
