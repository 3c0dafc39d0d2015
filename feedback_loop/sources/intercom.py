"""Conversations as Intercom's API answers: pages of the search, or single ones with their parts, one conversation a row.

Followed: https://developers.intercom.com/docs/references/2.15/rest-api/api.intercom.io/conversations (description of version 2.15). Each
message of a contact is a record of the conversation's thread; what admins, teams and bots said in public is context; notes are neither,
and bodies are read as a person sees them. A rating is a record of its own. The search gives no `conversation_parts`: a row without them
says the first message, the same row with them says the rest. The rule that is easy to break: the whole conversation is the payload of its
first record, and of each other only its own part, because else a long conversation would be kept as often as it has messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.conversations import Answered, Message, of_customer
from feedback_loop.sources.html_text import html_text
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import flag, part, parts, raw_items, seconds
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values

SOURCE = "intercom"
LISTS = ("conversations", "data")
_KNOWN_FIELDS = """
type id title created_at updated_at waiting_since snoozed_until open state read priority admin_assignee_id team_assignee_id company tags
conversation_rating source contacts teammates custom_attributes first_contact_reply sla_applied statistics linked_objects
ai_agent_participated ai_agent conversation_parts
part_type body notified_at assigned_to author attachments external_id redacted email_message_metadata metadata event_details
app_package_code
"""
KNOWN_FIELDS = frozenset(_KNOWN_FIELDS.split())
"""Of a conversation, and of a part of it, which is the payload of its own record."""

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(?:[A-Za-z]{2,8}|#[0-9A-Fa-fx]{1,7});")
_CUSTOMERS = ("user", "lead", "contact")
_PUBLIC_PARTS = ("comment", "open", "close")
"""Of the company's parts only these are surely seen by the customer; an assignment may carry a word between colleagues."""

_CHANNELS = {
    "email": Channel.EMAIL, "facebook": Channel.SOCIAL, "instagram": Channel.SOCIAL, "twitter": Channel.SOCIAL,
    "phone_call": Channel.CALL, "phone_switch": Channel.CALL,
}  # fmt: skip


def read_intercom(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The records or the rejected row of each conversation of the page."""
    return read_json_pages(stream, reading, LISTS, _conversation)


def _conversation(values: Values, payload: str, number: int, reading: Reading) -> Iterator[FeedbackRecord]:
    conversation_id = read.required_word(values, "id", QuarantineReason.MISSING_ID)
    source = part(values, "source")
    messages = [*_first(values, source, conversation_id, payload), *_later(values, payload)]
    own = of_customer(messages)
    customer_id, name, address = _customer(values)
    base = FeedbackRecord(
        source=SOURCE,
        source_record_id=f"conversation:{conversation_id}",
        channel=_CHANNELS.get(read.word(source, "type") or "", Channel.CHAT),
        product=reading.product,
        occurred_at=seconds(values, "created_at"),
        customer_id=customer_id,
        customer_name=name,
        customer_email=address,
        thread_id=conversation_id,
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
    found = [*(_said(base, one) for one in own), *_rating(base, values)]
    if not found:
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "no contact says anything in the conversation, nor rates it")
    yield replace(found[0], raw_payload=payload)
    yield from found[1:]


def _first(values: Values, source: Values, conversation_id: str, payload: str) -> Iterator[Message]:
    """The message that began the conversation; of a mail without a body its subject."""
    author = part(source, "author")
    is_customers = read.word(author, "type") in _CUSTOMERS
    text = _text(source, "body") or (read.words(source, "subject") if is_customers else None)
    if text and not flag(source, "redacted"):
        yield Message(f"conversation:{conversation_id}", seconds(values, "created_at"), text, is_customers, payload)


def _later(values: Values, payload: str) -> list[Message]:
    """The public messages among the parts, in the order of time; those that came with the conversation's first message are not repeated."""
    listed = part(values, "conversation_parts")
    told = parts(listed, "conversation_parts")
    raws = raw_items(payload, "conversation_parts", "conversation_parts") if told else []
    found = (_message(one, raw) for one, raw in zip(told, raws, strict=True))
    return sorted((one for one in found if one), key=lambda one: one.at)


def _message(one: Values, raw: str) -> Message | None:
    is_customers = read.word(part(one, "author"), "type") in _CUSTOMERS
    kind = read.word(one, "part_type") or ""
    text = _text(one, "body")
    if not text or flag(one, "redacted") or "note" in kind or not (is_customers or kind in _PUBLIC_PARTS):
        return None
    part_id = read.required_word(one, "id", QuarantineReason.MISSING_ID)
    return Message(f"part:{part_id}", seconds(one, "created_at"), text, is_customers, raw)


def _text(values: Values, name: str) -> str | None:
    """The words of a body; one without markup is plain text already (`display_as=plaintext`) and stays as it came."""
    body = read.words(values, name)
    return (html_text(body) or None) if body and _MARKUP.search(body) else body


def _said(base: FeedbackRecord, one: Answered) -> FeedbackRecord:
    return replace(
        base,
        source_record_id=one.message.message_id,
        occurred_at=one.message.at,
        text=one.message.text,
        context_text=one.context_text,
        in_reply_to=one.in_reply_to,
        raw_payload=one.message.payload,
    )


def _customer(values: Values) -> tuple[str | None, str | None, str | None]:
    """Of the one contact of the conversation the company's own id, else Intercom's, the name and the address; nobody of several."""
    contacts = parts(part(values, "contacts"), "contacts")
    author = part(part(values, "source"), "author")
    if len(contacts) != 1:
        return None, None, None
    contact_id = read.word(contacts[0], "id")
    customer_id = read.word(contacts[0], "external_id") or contact_id
    if contact_id is None or read.word(author, "id") != contact_id or read.word(author, "type") not in _CUSTOMERS:
        return customer_id, None, None
    return customer_id, read.word(author, "name"), read.word(author, "email")


def _rating(base: FeedbackRecord, values: Values) -> Iterator[FeedbackRecord]:
    """The contact's rating of the conversation, with the remark; one that was only asked for is none."""
    rating = part(values, "conversation_rating")
    if read.word(rating, "rating") is None:
        return
    yield replace(
        base,
        source_record_id=f"rating:{base.thread_id}",
        channel=Channel.SURVEY,
        occurred_at=_rated_at(rating),
        text=read.words(rating, "remark"),
        rating=read.stars(rating, "rating"),
    )


def _rated_at(rating: Values) -> datetime:
    """When it was given, as far as that is told: `created_at` is when it was asked for."""
    return seconds(rating, "updated_at" if read.word(rating, "updated_at") else "created_at")
