"""Answers that a proxy or an enemy could give: whatever is not of the documented form can't be read, and becomes no receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_loop.adapters.slack.answers import CAN_BE_MENDED, MAY_BE_WRITTEN, Ours, error_in, page_in, posted_in
from feedback_loop.adapters.slack.message import Place
from feedback_loop.adapters.vendor_client import UNREADABLE

TS = "1767605400.000001"


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (error_in, None),
        (error_in, {}),
        (error_in, {"ok": "true"}),
        (error_in, {"ok": 1}),
        (error_in, {"ok": False}),
        (error_in, {"ok": False, "error": "Bearer xoxb-1"}),
        (posted_in, {"ok": True}),
        (posted_in, {"channel": "general", "ts": TS}),
        (posted_in, {"channel": "C0123ABCD", "ts": 1767605400.000001}),
        (posted_in, {"channel": "C0123ABCD", "ts": f"{TS}\x1b"}),
        (page_in, []),
        (page_in, {"messages": {}}),
        (page_in, {"messages": [None]}),
        (page_in, {"messages": [{"text": "no ts"}]}),
        (page_in, {"messages": [{"ts": TS, "metadata": "key_1"}]}),
        (page_in, {"messages": [], "has_more": True}),
        (page_in, {"messages": [], "response_metadata": {"next_cursor": 7}}),
    ],
)
def test_what_is_of_another_form_can_not_be_read(part: Callable[[Any], object], body: object) -> None:
    with pytest.raises(UNREADABLE):
        part(body)


def test_what_is_of_the_documented_form_is_read() -> None:
    assert error_in({"ok": True}) is None
    assert error_in({"ok": False, "error": "not_in_channel"}) == "not_in_channel"
    assert posted_in({"ok": True, "channel": "C0123ABCD", "ts": TS}) == Place("C0123ABCD", TS)


def test_of_a_page_only_what_bears_a_key_of_ours_counts() -> None:
    def message(payload: object) -> dict[str, object]:
        return {"ts": TS, "metadata": {"event_type": "x", "event_payload": payload}}

    page = page_in(
        {
            "messages": [
                {"ts": TS}, message({}), message(None), message({"idempotency_key": 7}), message({"idempotency_key": "key_1"}),
                message({"idempotency_key": "key_2", "taken_back_by": "key_3"}),
            ],
            "has_more": True,
            "response_metadata": {"next_cursor": "next"},
        }
    )  # fmt: skip
    assert page.ours == (Ours(TS, "key_1", None), Ours(TS, "key_2", "key_3"))
    assert page.next_cursor == "next"


def test_no_error_means_two_things() -> None:
    assert not CAN_BE_MENDED & MAY_BE_WRITTEN
