"""Confirmations: only what a customer said, unmistakably, in a conversation of theirs, and never after they complained again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.message_vocab import ConfirmationKind
from feedback_loop.remediation.confirmations import Heard, confirmations, confirms

SENT = datetime(2026, 3, 18, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def messages(**changes: Any) -> pl.DataFrame:
    row = {
        "message_draft_id": "m1", "message_kind": "fixed", "message_status": "sent", "recipient_customer_id": "ada", "product": "Printwren",
        "sent_at": SENT, "receipt_id": "77/3",
    }  # fmt: skip
    return pl.DataFrame([row | changes])


def said(text: str, days: float = 1, **changes: Any) -> dict[str, Any]:
    row = {"record_id": f"r{days}", "product": "Printwren", "customer_id": "ada", "thread_id": "77", "occurred_at": SENT + days * DAY}
    return row | {"rating": None, "said": text, "is_complaint": False} | changes


def heard(*records: dict[str, Any], **changes: Any) -> list[Heard]:
    schema: dict[str, Any] = {"record_id": pl.String, "product": pl.String, "customer_id": pl.String, "thread_id": pl.String}
    schema |= {"occurred_at": pl.Datetime("us", "UTC"), "rating": pl.Float64, "said": pl.String, "is_complaint": pl.Boolean}
    return confirmations(messages(**changes), pl.DataFrame(list(records), schema=schema))


@pytest.mark.parametrize(
    "text", ["Works now, thanks!", "Thank you. It works again.", "Danke, es funktioniert wieder.", "¡Gracias! Ya funciona."]
)
def test_a_reply_that_says_it_and_nothing_else_confirms(text: str) -> None:
    assert confirms(text)


@pytest.mark.parametrize(
    "text", ["", "Thanks!", "Works now?", "It works now, but it is slow.", "It does not work now.", "Works now. Where is my refund?", "ok"]
)
def test_anything_else_is_left_to_people(text: str) -> None:
    assert not confirms(text)


def test_a_reply_in_the_thread_of_the_message_is_a_confirmation_at_its_instant() -> None:
    assert heard(said("Works now, thanks.")) == [Heard("m1", ConfirmationKind.REPLY, SENT + DAY, "r1")]


def test_a_thread_in_which_the_customer_wrote_before_counts_too_and_no_other() -> None:
    before = said("It crashes.", -2, thread_id="5", is_complaint=True)
    assert [one.record_id for one in heard(before, said("Works now.", thread_id="5"))] == ["r1"]
    assert heard(before, said("Works now.", thread_id="6")) == []
    assert heard(said("Works now.", thread_id=None)) == []


def test_four_stars_without_a_word_confirm_and_fewer_or_with_words_do_not() -> None:
    assert [one.kind for one in heard(said("", rating=4.0))] == [ConfirmationKind.RATING]
    assert heard(said("", rating=3.0)) == heard(said("Nice, but where is my refund", rating=5.0)) == []


def test_who_complains_again_has_not_confirmed_whatever_they_say_later() -> None:
    assert heard(said("Still broken.", 1, is_complaint=True, thread_id="9"), said("Works now.", 2)) == []


def test_a_word_before_the_message_or_long_after_it_is_none() -> None:
    assert heard(said("Works now.", -1)) == heard(said("Works now.", 31)) == []


@pytest.mark.parametrize(
    "changes",
    [{"message_kind": "explanation"}, {"message_status": "confirmed"}, {"recipient_customer_id": "bo"}, {"product": "Lumen"}],
    ids=str,
)
def test_only_an_unconfirmed_message_of_a_fix_to_that_customer_is_confirmed(changes: dict[str, str]) -> None:
    assert heard(said("Works now."), **changes) == []


def test_silence_confirms_nothing() -> None:
    assert heard() == []
