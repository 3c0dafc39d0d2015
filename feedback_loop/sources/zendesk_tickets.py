"""What a Zendesk ticket says: a record for each public message of its requester, with the public answers beside it.

Here: who the customer is and what is public; how the rows come to be stands in `zendesk`, what audits tell in `zendesk_audits`. The
description is the first message, and Zendesk says that its author is the submitter; so it is the customer's where submitter and requester
are the same. Private comments are nobody's but the agents'. What Zendesk wrote itself is no customer's word either: notes of merged
tickets (the merged ticket keeps its own record), transcripts of chats, which hold both sides, and descriptions of calls. The subject may
be edited by agents and stays in the payload. The rule that is easy to break: a ticket that is read without its comments, with them or by
its audits must give the same ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.conversations import Answered, Message, of_customer
from feedback_loop.sources.html_text import html_text
from feedback_loop.sources.json_values import flag, part
from feedback_loop.sources.reading import Reading, RowRefused
from feedback_loop.sources.values import Values

SOURCE = "zendesk"

_DELETED = "deleted"
_COMMENT = "Comment"
_CHAT_LINE = re.compile(r"^\(\d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?\) ", re.MULTILINE)

_EMAIL = ("email",)
_CHATS = ("chat", "chat_transcript", "native_messaging", "messaging", "whatsapp", "line", "wechat", "viber", "telegram", "sms")
_CALLS = ("voice", "phone", "phone_call_inbound", "phone_call_outbound", "voicemail")
_SOCIAL = ("twitter", "twitter_dm", "twitter_like", "facebook", "facebook_post", "facebook_message", "instagram_dm", "any_channel")
_CHANNELS = {
    name: channel
    for channel, names in ((Channel.EMAIL, _EMAIL), (Channel.CHAT, _CHATS), (Channel.CALL, _CALLS), (Channel.SOCIAL, _SOCIAL))
    for name in names
}
"""By `via.channel`; web forms, apps, other programs and what is not listed are tickets."""

Told = tuple[Values, str]
"""A comment's values and it as it is written."""


@dataclass(frozen=True)
class Place:
    """Where a row stands: its payload, its number, and the task that it is read for."""

    payload: str
    number: int
    reading: Reading


@dataclass(frozen=True)
class ToldTicket:
    """A ticket, the comment that is its description if that is known, and the other comments in the order of time."""

    values: Values
    first: Values | None
    later: list[Told]


def ticket_of_comments(ticket: Values, comments: list[Told]) -> ToldTicket:
    """The ticket with all of its comments, of which the oldest is the description, or with none of them."""
    ordered = sorted(comments, key=lambda told: said_order(told[0]))
    return ToldTicket(ticket, ordered[0][0] if ordered else None, ordered[1:])


def said_order(values: Values) -> tuple[object, int, str]:
    """What orders things of one ticket: their instants, and for those of one second their ids, which grow."""
    said_id = read.required_word(values, "id", QuarantineReason.MISSING_ID)
    return read.instant(values, "created_at"), len(said_id), said_id


def ticket_records(told: ToldTicket, place: Place) -> Iterator[FeedbackRecord]:
    """A record for each message of the requester; raises RowRefused where there is none."""
    ticket = told.values
    if read.word(ticket, "status") == _DELETED:
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "the ticket was deleted; what was landed of it stays until it is erased")
    requester_id = read.required_word(ticket, "requester_id")
    later = (_message(comment, raw, requester_id) for comment, raw in told.later)
    first = _first(told, place.payload, requester_id)
    own = of_customer(message for message in (first, *later) if message)
    base = _base(ticket, place, requester_id)
    if not own:
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "the ticket holds no public message that its requester wrote")
    comments = {f"comment:{comment.get('id')}": comment for comment, _ in told.later}
    for index, one in enumerate(own):
        record = _record(base, one, comments.get(one.message.message_id, ticket))
        yield replace(record, raw_payload=place.payload) if index == 0 else record


def _base(ticket: Values, place: Place, requester_id: str) -> FeedbackRecord:
    ticket_id = read.required_word(ticket, "id", QuarantineReason.MISSING_ID)
    name, address = _sender(ticket)
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=f"ticket:{ticket_id}",
        channel=_channel(ticket) or Channel.TICKET,
        product=place.reading.product,
        occurred_at=read.instant(ticket, "created_at"),
        customer_id=requester_id,
        customer_name=name,
        customer_email=address,
        severity=read.choice(ticket, "priority", Severity),
        thread_id=ticket_id,
        raw_payload=place.payload,
        source_file=place.reading.file_name,
        source_row_number=place.number,
    )


def _first(told: ToldTicket, payload: str, requester_id: str) -> Message | None:
    """The description; where somebody else wrote it, only if the comments say that it is public."""
    ticket = told.values
    if "description" not in ticket:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "description is missing")
    text = read.words(ticket, "description")
    is_public = None if told.first is None else _is_public(told.first)
    is_customers = read.required_word(ticket, "submitter_id") == requester_id and _is_said(text, ticket)
    if not text or is_public is False or not (is_customers or is_public):
        return None
    ticket_id = read.required_word(ticket, "id", QuarantineReason.MISSING_ID)
    return Message(f"ticket:{ticket_id}", read.instant(ticket, "created_at"), text, is_customers, payload)


def _message(comment: Values, raw: str, requester_id: str) -> Message | None:
    """The comment where it is public and no note of a merger."""
    text = _text(comment)
    if not _is_public(comment) or not text or _relation(comment) == "merge":
        return None
    is_comment = (read.word(comment, "type") or _COMMENT) == _COMMENT
    is_customers = read.required_word(comment, "author_id") == requester_id and is_comment and _is_said(text, comment)
    comment_id = read.required_word(comment, "id", QuarantineReason.MISSING_ID)
    return Message(f"comment:{comment_id}", read.instant(comment, "created_at"), text, is_customers, raw)


def _text(comment: Values) -> str | None:
    html = read.words(comment, "html_body")
    return read.words(comment, "body") or (html_text(html) or None if html else None)


def _is_public(comment: Values) -> bool:
    found = flag(comment, "public")
    if found is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "public is empty")
    return found


def _is_said(text: str | None, values: Values) -> bool:
    """Whether one person wrote it, as far as its channel tells: not Zendesk for a call, and not both sides of a chat."""
    channel = _channel(values)
    return channel is not Channel.CALL and not (channel is Channel.CHAT and text and _CHAT_LINE.search(text))


def _channel(values: Values) -> Channel | None:
    """How it came; None where that is not said."""
    name = read.word(part(values, "via"), "channel")
    return None if name is None else _CHANNELS.get(name, Channel.TICKET)


def _relation(values: Values) -> str | None:
    return read.word(part(part(values, "via"), "source"), "rel")


def _sender(ticket: Values) -> tuple[str | None, str | None]:
    """Name and address of the requester, which only a mail tells."""
    if _channel(ticket) is not Channel.EMAIL or read.word(ticket, "submitter_id") != read.word(ticket, "requester_id"):
        return None, None
    sender = part(part(part(ticket, "via"), "source"), "from")
    return read.word(sender, "name"), read.word(sender, "address")


def _record(base: FeedbackRecord, one: Answered, said: Values) -> FeedbackRecord:
    return replace(
        base,
        source_record_id=one.message.message_id,
        channel=_channel(said) or base.channel,
        occurred_at=one.message.at,
        text=one.message.text,
        context_text=one.context_text,
        in_reply_to=one.in_reply_to or _followed(said),
        raw_payload=one.message.payload,
    )


def _followed(said: Values) -> str | None:
    """The closed ticket that a new one follows up."""
    if _relation(said) != "follow_up":
        return None
    followed_id = read.word(part(part(part(said, "via"), "source"), "from"), "ticket_id")
    return f"ticket:{followed_id}" if followed_id else None
