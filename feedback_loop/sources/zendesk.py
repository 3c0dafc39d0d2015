"""Tickets, their comments or audits, and satisfaction ratings as Zendesk's API answers; told apart by the list that the page holds.

Followed: https://developer.zendesk.com/api-reference/ticketing/ (incremental cursor export of tickets, ticket comments, ticket audits,
satisfaction ratings). Of a page of `tickets` each is a row and says its description; what else was said is told by its `comments`, where
the fetcher put them into the ticket. Zendesk's own pages of `comments` name neither ticket nor requester: such a page is one row, with all
comments of one ticket and the ticket beside them as `ticket`. A page of `audits` is a row for each ticket that it names. A page of
`satisfaction_ratings` is a survey. What a ticket says is read by `zendesk_tickets`. The rule that is easy to break: a row must be
understood without its page, so what is joined stands in the row, each part byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import BinaryIO

import msgspec

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import values as read
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import part, parts, raw_items, required_part
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values
from feedback_loop.sources.zendesk_audits import ticket_of_audits
from feedback_loop.sources.zendesk_tickets import SOURCE, Place, ticket_of_comments, ticket_records

LISTS = ("tickets", "comments", "audits", "satisfaction_ratings")
_KNOWN_FIELDS = """
allow_attachments allow_channelback assignee_id attribute_value_ids brand_id collaborator_ids comment comments created_at custom_fields
custom_status_id description due_at email_cc_ids external_id fields follower_ids followup_ids forum_topic_id from_messaging_channel
generated_timestamp group_id has_incidents id is_public macro_id macro_ids metadata organization_id priority problem_id raw_subject
recipient requester requester_id result_type safe_update satisfaction_probability satisfaction_rating sharing_agreement_ids status subject
submitter_id tags ticket_form_id type updated_at updated_stamp url via via_followup_source_id via_id voice_comment
ticket audits
reason reason_code reason_id score ticket_id
attachments audit_id author_id body html_body plain_body public uploads
"""
KNOWN_FIELDS = frozenset(_KNOWN_FIELDS.split())
"""Of a ticket, of the rows that are joined here, of a satisfaction rating, and of a comment, which is the payload of its own record."""


class _Score(StrEnum):
    """What a rating says; the first two are questions that nobody answered."""

    OFFERED = "offered"
    UNOFFERED = "unoffered"
    GOOD = "good"
    BAD = "bad"


class _Audited(msgspec.Struct):
    """The ticket that an audit is about, and nothing else of it."""

    ticket_id: int


def read_zendesk(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The records or the rejected row of each row of the page."""
    return read_json_pages(stream, reading, LISTS, _records, _joined)


def _joined(page: Mapping[str, msgspec.Raw], rows: list[bytes], name: str, reading: Reading) -> list[bytes]:
    ticket = bytes(page["ticket"]) if "ticket" in page else None
    if name == "comments":
        if ticket is None:
            raise UnreadableFile(reading.path, "comments name no ticket; put the ticket beside them as ticket, as the export gave it")
        return [_row("comments", rows, ticket)]
    return _by_ticket(rows, ticket) if name == "audits" else rows


def _by_ticket(audits: list[bytes], ticket: bytes | None) -> list[bytes]:
    """A row for each ticket; an audit that names none is a row of its own, so that it can be refused alone."""
    found: dict[object, list[bytes]] = {}
    for number, audit in enumerate(audits):
        try:
            about: object = msgspec.json.decode(audit, type=_Audited).ticket_id
        except (msgspec.DecodeError, RecursionError):
            about = ("no ticket", number)
        found.setdefault(about, []).append(audit)
    return [_row("audits", rows, ticket) for rows in found.values()]


def _row(name: str, rows: list[bytes], ticket: bytes | None) -> bytes:
    beside = b"" if ticket is None else b'"ticket":' + ticket + b","
    return b"{" + beside + b'"' + name.encode() + b'":[' + b",".join(rows) + b"]}"


def _records(values: Values, payload: str, number: int, reading: Reading) -> Iterator[FeedbackRecord]:
    place = Place(payload, number, reading)
    if "audits" in values:
        audits = zip(parts(values, "audits"), raw_items(payload, "audits"), strict=True)
        return ticket_records(ticket_of_audits(list(audits), part(values, "ticket")), place)
    if "score" in values:
        return iter([_survey(values, place)])
    ticket = required_part(values, "ticket") if "ticket" in values else values
    raws = raw_items(payload, "comments") if values.get("comments") else []
    return ticket_records(ticket_of_comments(ticket, list(zip(parts(values, "comments"), raws, strict=True))), place)


def _survey(values: Values, place: Place) -> FeedbackRecord:
    """An answer to the survey: good or bad are no stars, so they stand beside the customer's own words, as does the reason."""
    score = read.required_choice(values, "score", _Score)
    if score in (_Score.OFFERED, _Score.UNOFFERED):
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "the rating was asked for and not given")
    reason = read.words(values, "reason")
    ticket_id = read.required_word(values, "ticket_id")
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=f"satisfaction_rating:{read.required_word(values, 'id', QuarantineReason.MISSING_ID)}",
        channel=Channel.SURVEY,
        product=place.reading.product,
        occurred_at=read.instant(values, "created_at"),
        text=read.words(values, "comment"),
        context_text=f"score: {score}" + (f"\nreason: {reason}" if reason else ""),
        customer_id=read.required_word(values, "requester_id"),
        thread_id=ticket_id,
        raw_payload=place.payload,
        source_file=place.reading.file_name,
        source_row_number=place.number,
    )
