"""What every pulled source's client does with answers: a page is whole JSON, or there is none, and no error tells a secret."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.vendor_pages.page_client import PageClient, instant_of, seconds_of
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, CursorExpired
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.fakes import START

GOOD = Said(body=b'{"rows": [1]}')


def answer(_: Asked) -> Said:
    return GOOD


@pytest.mark.parametrize(
    "fault",
    [Said(500), Said(503, b"<html>"), Said(429, headers={"Retry-After": "0"}), Said(429), Said(body=GOOD.body, cut=4), Said(502, cut=0)],
)
def test_a_fault_that_passes_is_waited_for(fault: Said) -> None:
    with serving(answer) as vendor, PageClient(vendor.url, {"Authorization": "Bearer s3cret"}, source="desk") as client:
        vendor.faults = [fault]
        assert client.asked("/rows", {"a": "b"}) == (GOOD.body, {"rows": [1]})
        assert [one.query for one in vendor.asked] == [{"a": "b"}] * 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Said(401), ConnectorUnreachable), (Said(403), ConnectorUnreachable), (Said(404), ConnectorRefused), (Said(301), ConnectorRefused),
        (Said(204), ConnectorRefused), (Said(body=b"<html>"), ConnectorUnreachable), (Said(body=b""), ConnectorUnreachable),
        (Said(body=b"[" * 100_000), ConnectorUnreachable), (Said(429, headers={"Retry-After": "86400"}), ConnectorUnreachable),
    ],
)  # fmt: skip
def test_a_fault_that_stays_is_told_in_one_line_without_the_secret(fault: Said, error: type[Exception]) -> None:
    with serving(answer) as vendor, PageClient(vendor.url, {"Authorization": "Bearer s3cret"}, source="desk") as client:
        vendor.faults = [fault]
        with pytest.raises(error) as caught:
            client.asked("/rows")
        assert type(caught.value) is error
        assert "s3cret" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_an_outage_is_told_after_a_few_tries() -> None:
    with serving(answer) as vendor, PageClient(vendor.url, {}, source="desk") as client:
        vendor.faults = [Said(500)] * 9
        with pytest.raises(ConnectorUnreachable):
            client.asked("/rows")
        assert len(vendor.asked) == 3


def test_an_expired_cursor_is_told_as_such_only_where_there_was_one() -> None:
    with serving(answer) as vendor, PageClient(vendor.url, {}, source="desk") as client:
        vendor.faults = [Said(410), Said(410)]
        with pytest.raises(CursorExpired):
            client.asked("/rows", has_cursor=True)
        with pytest.raises(ConnectorRefused):
            client.asked("/rows")


def test_seconds_are_whole_and_never_after_the_instant() -> None:
    assert instant_of(seconds_of(START.replace(microsecond=999_999))) == START
