"""Spans of OTLP as requests: those that a server answered, with their duration and whether they failed.

Here: one span read and told apart from others. What becomes of it is `otlp_minutes`' affair. The rule that is easy to break: a trace is
often a sample, so its spans count for a service and minute only where no metric of a duration does, and then as what was seen.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_values import part
from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.otlp_values import attributes, enumeration, is_failure, required_nanos
from feedback_loop.sources.reading import RowRefused
from feedback_loop.sources.values import Values

_KINDS = {"INTERNAL": 1, "SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}
_CODES = {"OK": 1, "ERROR": 2}
_HEX = {"traceId": re.compile(r"[0-9a-fA-F]{32}"), "spanId": re.compile(r"[0-9a-fA-F]{16}")}


class ServedRequest(NamedTuple):
    """A request that a server answered; `end` in nanoseconds since 1970."""

    where: Where
    end: int
    span_id: str
    duration_ms: float
    is_error: bool


def read_span(where: Where, span: Values) -> ServedRequest | None:
    """The request of a server's span; None where it is of another kind."""
    if enumeration(span, "kind", "SPAN_KIND_", _KINDS) != _KINDS["SERVER"]:
        return None
    start, end = required_nanos(span, "startTimeUnixNano"), required_nanos(span, "endTimeUnixNano")
    if end < start:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, "endTimeUnixNano is before startTimeUnixNano")
    failed = enumeration(part(span, "status"), "code", "STATUS_CODE_", _CODES) == _CODES["ERROR"]
    return ServedRequest(
        where, end, f"{_id(span, 'traceId')}{_id(span, 'spanId')}", (end - start) / 1e6, failed or is_failure(attributes(span))
    )


def _id(span: Values, name: str) -> str:
    written = read.required_word(span, name, QuarantineReason.MISSING_ID)
    if not _HEX[name].fullmatch(written):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is not written as hexadecimal digits of its length")
    return written.lower()
