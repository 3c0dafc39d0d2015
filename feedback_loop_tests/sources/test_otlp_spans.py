"""Spans as requests: a server's only, with their duration and whether they failed."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.otlp_spans import ServedRequest, read_span
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.otlp_requests import attrs, nanos, span

WEB = Where("web", "", "")


def test_a_servers_span_is_a_request() -> None:
    found = read_span(WEB, span(1, 30, 250, kind="2"))
    assert found == ServedRequest(WEB, int(nanos(30)), f"{1:032x}{1:016x}", 250.0, False)


@pytest.mark.parametrize("kind", ["1", "3", "SPAN_KIND_CLIENT", None])
def test_another_span_is_none(kind: str | None) -> None:
    assert read_span(WEB, span(1, 30, kind=kind)) is None


@pytest.mark.parametrize(
    ("more", "failed"),
    [
        ({"status": {"code": "2"}}, True),
        ({"status": {"code": "STATUS_CODE_ERROR"}}, True),
        ({"status": {"code": "1"}}, False),
        ({"attributes": attrs(http__response__status_code=502)}, True),
        ({"attributes": attrs(http__response__status_code=400)}, False),
    ],
    ids=str,
)
def test_it_failed_where_its_status_says_so(more: dict[str, Any], failed: bool) -> None:
    found = read_span(WEB, span(1, 30, kind="2", **more))
    assert found is not None
    assert found.is_error is failed


@pytest.mark.parametrize(
    "changed",
    [
        {"traceId": "AAAA"}, {"spanId": None}, {"traceId": "g" * 32}, {"endTimeUnixNano": "0"}, {"startTimeUnixNano": nanos(31)},
        {"kind": "9"}, {"status": "bad"}, {"attributes": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_span_that_can_not_be_read_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(RowRefused):
        read_span(WEB, span(1, 30, kind="2") | changed)
