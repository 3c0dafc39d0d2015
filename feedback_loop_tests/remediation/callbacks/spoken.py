"""Callbacks as the door reads them, signed for real at this moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard
from feedback_loop.remediation.callbacks.reading import Fault, understood
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.callback_world import SECRETS, headers_for


def heard(vendor: CallbackVendor, body: bytes, now: datetime = START) -> Heard | Fault:
    headers = {name: [value] for name, value in headers_for(vendor, body, now).items()}
    return understood(vendor, headers, body, SECRETS[vendor], now)


def said(vendor: CallbackVendor, body: bytes) -> Any:
    found = heard(vendor, body)
    return found.said if isinstance(found, Heard) else found
