"""Signatures: those that the vendors' documentation shows, and what is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.signatures import LATEST, LATEST_RETRY, headers_of, is_timely, signed
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.callback_world import SECRETS, headers_for

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
    b"&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def once(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


def test_the_example_of_slacks_documentation_is_right() -> None:
    headers = {"x-slack-request-timestamp": ["1531420618"], "x-slack-signature": [SLACK_SIGNATURE]}
    found = signed(CallbackVendor.SLACK, headers, SLACK_BODY, SLACK_SECRET)
    assert found is not None
    assert found.stamped_at == datetime(2018, 7, 12, 18, 36, 58, tzinfo=UTC)


@given(st.text(max_size=200))
def test_slack_is_understood_as_its_own_library_does(text: str) -> None:
    body = text.encode()
    headers = headers_for(CallbackVendor.SLACK, body)
    stamp, theirs = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    assert SignatureVerifier(SECRETS[CallbackVendor.SLACK]).generate_signature(timestamp=stamp, body=body) == theirs
    assert signed(CallbackVendor.SLACK, once(headers), body, SECRETS[CallbackVendor.SLACK]) is not None


@pytest.mark.parametrize("vendor", CallbackVendor)
@given(body=st.binary(max_size=200), place=st.integers(min_value=0), other=st.integers(min_value=1, max_value=255))
def test_no_byte_of_body_signature_or_secret_may_differ(vendor: CallbackVendor, body: bytes, place: int, other: int) -> None:
    secret, headers = SECRETS[vendor], once(headers_for(vendor, body))
    assert signed(vendor, headers, body, secret) is not None
    spoilt = bytearray(body + b"x")
    spoilt[place % len(spoilt)] ^= other
    assert signed(vendor, headers, bytes(spoilt), secret) is None
    assert signed(vendor, headers, body, secret + "x") is None
    name = headers_of(vendor)[0]
    assert signed(vendor, {**headers, name: [headers[name][0][:-2] + "!="]}, body, secret) is None


@pytest.mark.parametrize("vendor", CallbackVendor)
@pytest.mark.parametrize("value", ["", "v0=", "sha1=", "é", "x" * 5_000, ",".join(["v1=0"] * 1_000), "v1=" + "0" * 64])
def test_what_is_no_signature_is_none(vendor: CallbackVendor, value: str) -> None:
    headers = once(headers_for(vendor, b"{}"))
    assert signed(vendor, {**headers, headers_of(vendor)[0]: [value]}, b"{}", SECRETS[vendor]) is None


@pytest.mark.parametrize("vendor", [v for v in CallbackVendor if len(headers_of(v)) == 2])
@pytest.mark.parametrize("stamp", ["", "now", "-1", "9" * 12, "9" * 5_000, "2026-01-05", "2026-01-05T09:30:00"])
def test_an_instant_that_is_none_is_not_believed_even_where_it_is_signed(vendor: CallbackVendor, stamp: str) -> None:
    headers = {**once(headers_for(vendor, b"{}")), headers_of(vendor)[1]: [stamp]}
    assert signed(vendor, headers, b"{}", SECRETS[vendor]) is None


def test_the_same_callback_has_the_same_digest_and_another_has_another() -> None:
    vendor = CallbackVendor.JIRA
    found = [signed(vendor, once(headers_for(vendor, body)), body, SECRETS[vendor]) for body in (b"1", b"1", b"2")]
    digests = [one.digest for one in found if one is not None]
    assert digests[0] == digests[1] != digests[2]


def test_the_bounds_of_time_belong_to_it() -> None:
    second = timedelta(seconds=1)
    for is_stamped, longest in ((True, LATEST), (False, LATEST_RETRY)):
        assert is_timely(START - longest, START, is_stamped=is_stamped)
        assert not is_timely(START - longest - second, START, is_stamped=is_stamped)
    assert is_timely(START + timedelta(minutes=5), START, is_stamped=True)
    assert not is_timely(START + timedelta(minutes=5, seconds=1), START, is_stamped=False)
    assert not is_timely(datetime.min.replace(tzinfo=UTC), START, is_stamped=False)
