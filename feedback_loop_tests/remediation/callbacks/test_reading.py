"""From bytes to what a callback says: each vendor's events, those that concern nobody, and those that are none."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard, TicketStatus
from feedback_loop.remediation.callbacks.reading import Fault
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import heard, said
from feedback_loop_tests.workflows.callback_world import (
    body_of,
)

V = CallbackVendor


@pytest.mark.parametrize("vendor", [v for v in V if v is not V.SLACK])
def test_vendors_may_add_fields_and_leave_out_none(vendor: CallbackVendor) -> None:
    body = json.loads(body_of(vendor))
    if vendor is not V.SERVICENOW:
        assert isinstance(said(vendor, json.dumps({**body, "new_field": {"deep": [1]}}).encode()), TicketStatus)
    for name in body:
        less = {other: value for other, value in body.items() if other != name}
        if name not in ("type", "id", "changelog") or vendor is V.ZENDESK:
            assert said(vendor, json.dumps(less).encode()) == Fault.MALFORMED, name


@pytest.mark.parametrize("vendor", [v for v in V if v is not V.SLACK])
def test_an_event_of_long_ago_or_of_the_future_is_untimely_whatever_signs_it(vendor: CallbackVendor) -> None:
    for minutes in (-24 * 60 - 1, 6):
        assert heard(vendor, body_of(vendor, START + timedelta(minutes=minutes))) is Fault.UNTIMELY


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("vendor", V)
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_no_mutation_of_an_event_is_more_than_refused(vendor: CallbackVendor, data: st.DataObject) -> None:
    body = bytearray(body_of(vendor))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    assert isinstance(heard(vendor, bytes(body)), Heard | Fault)


@pytest.mark.parametrize("vendor", V)
@settings(deadline=None, max_examples=100)
@given(value=JSON)
@example(value={"event": {"id": "e", "event_type": "x", "occurred_at": "0001-01-01T00:00:00+14:00"}})
@example(value={"webhookEvent": "x", "timestamp": 10**30})
@example(value={"topic": "x", "created_at": True})
def test_no_json_is_more_than_refused(vendor: CallbackVendor, value: object) -> None:
    assert isinstance(heard(vendor, json.dumps(value).encode()), Heard | Fault)
