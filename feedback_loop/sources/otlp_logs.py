"""Log records of OTLP as error strings: those from the severity ERROR on, with what differs from line to line taken out.

The rule that is easy to break: an error string holds no value of a request. Addresses, ids, quoted values and long numbers are replaced
here; names that stand free in a message can't be known, so whoever exports logs keeps them out.
"""

from __future__ import annotations

import re

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_values import part
from feedback_loop.sources.minute_counts import ErrorMinute, Where
from feedback_loop.sources.otlp_values import any_text, attribute, attributes, count, minute_before, nanos, required_nanos
from feedback_loop.sources.reading import RowRefused
from feedback_loop.sources.values import MAX_WORD_CHARS, Values

FIRST_ERROR = 17
"""The least severityNumber that is an error."""

_ERROR_WORDS = frozenset({"ERROR", "ERR", "SEVERE", "FATAL", "CRITICAL", "CRIT", "ALERT", "EMERG", "EMERGENCY", "PANIC"})
_MOST_CHARS = 4000
_TAKEN_OUT = (
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,255}"), "<address>"),
    (re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)"), "<value>"),
    (re.compile(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "<id>"),
    (re.compile(r"\b[0-9]{1,3}(\.[0-9]{1,3}){3}\b"), "<ip>"),
    (re.compile(r"\b(?=[a-fA-F]{0,64}[0-9])[0-9a-fA-F]{12,}\b"), "<id>"),
    (re.compile(r"(?<![\w-])[0-9]{4,}"), "<number>"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_log(where: Where, record: Values) -> ErrorMinute | None:
    """The error of the log record; None where it is none."""
    severity, word = count(record, "severityNumber"), (read.word(record, "severityText") or "").upper()
    if severity < FIRST_ERROR and (severity or word not in _ERROR_WORDS):
        return None
    at = nanos(record, "timeUnixNano") or required_nanos(record, "observedTimeUnixNano")
    text = error_text(any_text(part(record, "body"), "body") or "") or _told_otherwise(record)
    if not text:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "body is no text, and there is no exception.type or event.name")
    return ErrorMinute(where, minute_before(at + 1), text)


def error_text(message: str) -> str:
    """The first line of the message without what differs from request to request."""
    text = next((line for line in message[:_MOST_CHARS].splitlines() if line.strip()), "")
    for pattern, mark in _TAKEN_OUT:
        text = pattern.sub(mark, text)
    return " ".join(_CONTROL.sub(" ", text).split())[:MAX_WORD_CHARS].strip()


def _told_otherwise(record: Values) -> str | None:
    return attribute(attributes(record), "exception.type", "error.type", "event.name") or read.word(record, "eventName")
