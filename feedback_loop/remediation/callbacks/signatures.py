"""Whether a callback was signed by who holds its vendor's secret, over the very bytes that came, at about this time.

Each vendor's form is its own documentation's: Slack (v0), Zendesk (webhooks), PagerDuty (v3 webhooks), Intercom (signed notifications),
Jira (webhooks with a secret). ServiceNow signs nothing; its business rule sends our own form, which the README shows. The rules that are
easy to break: bytes are compared in constant time, each header counts only where it came once, and an instant is believed only where it is
signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feedback_loop.contracts.callback_vocab import CallbackVendor

Headers = Mapping[str, Sequence[str]]
"""All values of each header by its name in small letters."""

EARLIEST = timedelta(minutes=5)
"""So far may a vendor's clock be ahead of ours."""

LATEST = timedelta(minutes=5)
"""The age at which what was stamped when it was sent is no longer heard."""

LATEST_RETRY = timedelta(hours=24)
"""The same where the only signed instant is that of the event itself, which vendors go on telling for a while until they are heard."""

_LONGEST_HEADER, _MOST_SIGNATURES, _LONGEST_DIGITS = 2_000, 10, 12


@dataclass(frozen=True)
class Signed:
    """That the signature is right: the instant that it covers, None where the body alone has one, and what it was."""

    stamped_at: datetime | None
    digest: str


@dataclass(frozen=True)
class _Scheme:
    header: str
    stamp_header: str | None
    stamp: Callable[[str], datetime | None]
    expected: Callable[[bytes, bytes, bytes], Sequence[bytes]]
    """Of secret, stamp and body: the signatures any of which is right."""
    has_several: bool = False


def signed(vendor: CallbackVendor, headers: Headers, body: bytes, secret: str) -> Signed | None:
    """What the right signature covers; None where there is none, or its instant can't be read."""
    scheme = _SCHEMES[vendor]
    said, stamp = _only(headers, scheme.header), "" if scheme.stamp_header is None else _only(headers, scheme.stamp_header)
    if said is None or stamp is None:
        return None
    expected = scheme.expected(secret.encode(), stamp.encode(), body)
    given = said.split(",")[:_MOST_SIGNATURES] if scheme.has_several else [said]
    # All are compared, so that how long it takes says nothing of which is near.
    right = [hmac.compare_digest(one.strip().encode(), wanted) for one in given for wanted in expected]
    stamped_at = None if scheme.stamp_header is None else scheme.stamp(stamp)
    if not any(right) or (scheme.stamp_header is not None and stamped_at is None):
        return None
    return Signed(stamped_at, hashlib.sha256(expected[0]).hexdigest())


def headers_of(vendor: CallbackVendor) -> tuple[str, ...]:
    """The headers by which the vendor signs."""
    scheme = _SCHEMES[vendor]
    return (scheme.header,) if scheme.stamp_header is None else (scheme.header, scheme.stamp_header)


def is_timely(said_at: datetime, now: datetime, *, is_stamped: bool) -> bool:
    """Whether it was said neither too long ago nor in the future."""
    try:
        age = now - said_at
    except OverflowError:
        return False
    return -EARLIEST <= age <= (LATEST if is_stamped else LATEST_RETRY)


def _only(headers: Headers, name: str) -> str | None:
    """The header's value, where it came once, in characters and of a length that a signature or an instant has."""
    values = headers.get(name, ())
    if len(values) != 1 or not values[0].isascii() or not 0 < len(values[0]) <= _LONGEST_HEADER:
        return None
    return values[0]


def _unix(text: str) -> datetime | None:
    if not text.isdigit() or len(text) > _LONGEST_DIGITS:
        return None
    return _at(lambda: datetime.fromtimestamp(int(text), UTC))


def _iso(text: str) -> datetime | None:
    found = _at(lambda: datetime.fromisoformat(text))
    return None if found is None or found.tzinfo is None else found


def _at(parse: Callable[[], datetime]) -> datetime | None:
    try:
        return parse()
    except (ValueError, OverflowError, OSError):
        return None


def _hmac(secret: bytes, message: bytes, kind: str = "sha256") -> bytes:
    return hmac.new(secret, message, kind).digest()


def _slack(secret: bytes, stamp: bytes, body: bytes) -> list[bytes]:
    return [b"v0=" + _hmac(secret, b"v0:" + stamp + b":" + body).hex().encode()]


def _zendesk(secret: bytes, stamp: bytes, body: bytes) -> list[bytes]:
    return [base64.b64encode(_hmac(secret, stamp + body))]


def _pagerduty(secret: bytes, _: bytes, body: bytes) -> list[bytes]:
    return [b"v1=" + _hmac(secret, body).hex().encode()]


def _intercom(secret: bytes, _: bytes, body: bytes) -> list[bytes]:
    return [b"sha1=" + _hmac(secret, body, "sha1").hex().encode()]


def _jira(secret: bytes, _: bytes, body: bytes) -> list[bytes]:
    return [b"sha256=" + _hmac(secret, body).hex().encode()]


def _servicenow(secret: bytes, stamp: bytes, body: bytes) -> list[bytes]:
    """In hexadecimal or base64: what its scripts have at hand differs by release."""
    made = _hmac(secret, stamp + b"." + body)
    return [b"v1=" + made.hex().encode(), b"v1=" + base64.b64encode(made)]


_HUB = "x-hub-signature"
_SCHEMES: Mapping[CallbackVendor, _Scheme] = {
    CallbackVendor.INTERCOM: _Scheme(_HUB, None, _iso, _intercom),
    CallbackVendor.JIRA: _Scheme(_HUB, None, _iso, _jira),
    CallbackVendor.PAGERDUTY: _Scheme("x-pagerduty-signature", None, _iso, _pagerduty, has_several=True),
    CallbackVendor.SERVICENOW: _Scheme("x-feedbackloop-signature", "x-feedbackloop-timestamp", _unix, _servicenow),
    CallbackVendor.SLACK: _Scheme("x-slack-signature", "x-slack-request-timestamp", _unix, _slack),
    CallbackVendor.ZENDESK: _Scheme("x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp", _iso, _zendesk),
}
