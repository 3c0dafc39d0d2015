"""Who said that a fix which they were told of has helped, read from what landed afterwards; nothing here guesses from silence.

A confirmation is a reply that says it and nothing else, or a rating of four stars or more, in a conversation that the customer had before
or that the message opened. What a person was told is recorded by hand (`messages confirm`). The rules that are easy to break: a complaint
after the message ends the search, for whoever complains has not confirmed; and what is not unmistakable is left to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from feedback_loop.contracts.loop_vocab import MessageKind, MessageStatus
from feedback_loop.contracts.message_vocab import ConfirmationKind

HEARD_WITHIN = timedelta(days=30)
"""What somebody says later than this after a message is hardly about it."""

CONTENT_STARS = 4

_SENTENCE_END = re.compile(r"[.!,;:\n]+")
_PUNCTUATION = re.compile(r"[^\w\s?]")


@dataclass(frozen=True)
class Heard:
    """One confirmation: of which message, how, when, and the record that holds it."""

    message_draft_id: str
    kind: ConfirmationKind
    at: datetime
    record_id: str


def confirmations(messages: pl.DataFrame, records: pl.DataFrame) -> list[Heard]:
    """The first confirmation of each message about a fix that was sent and not confirmed yet, by message id.

    `messages` are rows of `remediation_message` with `product`; `records` hold product, customer_id, record_id, thread_id, occurred_at,
    rating, said (the masked text) and is_complaint, one row for each.
    """
    sent = messages.filter((pl.col("message_status") == str(MessageStatus.SENT)) & (pl.col("message_kind") == str(MessageKind.FIXED)))
    wanted = sent.select("product", customer_id="recipient_customer_id").unique()
    theirs = records.join(wanted, on=["product", "customer_id"], how="semi").sort("occurred_at", "record_id")
    by_customer = theirs.partition_by("product", "customer_id", as_dict=True)
    found = (
        _heard(row, by_customer.get((row["product"], row["recipient_customer_id"]), theirs.clear()).to_dicts())
        for row in sent.sort("message_draft_id").iter_rows(named=True)
    )
    return [one for one in found if one is not None]


def confirms(said: str) -> bool:
    """Whether the text says that all is well again, and nothing else that would have to be read."""
    sentences = [part for part in map(_plain, _SENTENCE_END.split(said)) if part]
    mended, beside = _phrases()
    return any(part in mended for part in sentences) and all(part in mended | beside for part in sentences)


def _heard(message: Mapping[str, Any], records: list[dict[str, Any]]) -> Heard | None:
    sent_at: datetime = message["sent_at"]
    threads = {row["thread_id"] for row in records if row["occurred_at"] <= sent_at and row["thread_id"] is not None}
    threads |= {message["receipt_id"].partition("/")[0]} if message["receipt_id"] else set()
    for row in _after(records, sent_at):
        if row["is_complaint"]:
            return None
        if row["thread_id"] in threads and (kind := _kind(row)) is not None:
            return Heard(message["message_draft_id"], kind, row["occurred_at"], row["record_id"])
    return None


def _after(records: list[dict[str, Any]], sent_at: datetime) -> Iterator[dict[str, Any]]:
    return (row for row in records if sent_at < row["occurred_at"] <= sent_at + HEARD_WITHIN)


def _kind(row: Mapping[str, Any]) -> ConfirmationKind | None:
    if confirms(row["said"] or ""):
        return ConfirmationKind.REPLY
    # Four stars and a text are two things, of which the text may say the contrary.
    is_content = row["rating"] is not None and row["rating"] >= CONTENT_STARS and not (row["said"] or "").strip()
    return ConfirmationKind.RATING if is_content else None


def _plain(part: str) -> str:
    return " ".join(_PUNCTUATION.sub("", part.casefold()).split())


@cache
def _phrases() -> tuple[frozenset[str], frozenset[str]]:
    content = yaml.safe_load((files("feedback_loop.remediation") / "confirmation_phrases.yaml").read_text("utf-8"))
    return frozenset(content["mended"]), frozenset(content["beside"])
