"""Reviews of one app as the App Store Connect API answers: pages of customer reviews, with the developer's response where it is included.

Followed: https://developer.apple.com/documentation/appstoreconnectapi/customer-reviews (`include=response`). Title and body are both the
customer's words; the response is context; the reviewer's nickname is read by nobody, and no version of the app is told. The rule that is
easy to break: a response stands outside of the rows of its page, so a review that has one is kept as Apple answers for one review alone
(`{"data": …, "included": [ … ]}`), each of both byte for byte, and can be read again without its page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import values as read
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import part, parts, required_part
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

SOURCE = "app_store_connect"
LISTS = ("data",)
KNOWN_FIELDS = frozenset(("type", "id", "attributes", "relationships", "links", "data", "included"))

_RESPONSE = "customerReviewResponses"


class _Linked(msgspec.Struct):
    """A resource that is named, and nothing else of it."""

    id: str
    type: str = ""


class _Link(msgspec.Struct):
    data: _Linked | None = None


class _Links(msgspec.Struct):
    response: _Link | None = None


class _Linking(msgspec.Struct):
    relationships: _Links | None = None


def read_app_store_connect(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each review of the page."""
    return read_json_pages(stream, reading, LISTS, _record, _with_responses)


def said(title: str | None, body: str | None) -> str | None:
    """The customer's words of a review, the title on a line of its own; None where there are none."""
    return "\n".join(words for words in (title, body) if words) or None


def _with_responses(page: Mapping[str, msgspec.Raw], rows: list[bytes], name: str, reading: Reading) -> list[bytes]:
    if "included" not in page:
        return rows
    try:
        included = [bytes(one) for one in msgspec.json.decode(page["included"], type=list[msgspec.Raw])]
        named = [(msgspec.json.decode(one, type=_Linked), one) for one in included]
    except (msgspec.DecodeError, RecursionError):
        raise UnreadableFile(reading.path, "what it includes is no list of resources with id and type; export it again") from None
    responses = {one.id: raw for one, raw in named if one.type == _RESPONSE}
    return [_joined(row, responses) for row in rows]


def _joined(row: bytes, responses: Mapping[str, bytes]) -> bytes:
    try:
        links = msgspec.json.decode(row, type=_Linking).relationships
    except (msgspec.DecodeError, RecursionError):
        return row  # what is wrong with it is said where it is read
    linked = links and links.response and links.response.data
    response = responses.get(linked.id) if linked else None
    return row if response is None else b'{"data":' + row + b',"included":[' + response + b"]}"


def _record(values: Values, payload: str, number: int, reading: Reading) -> Iterator[FeedbackRecord]:
    review = required_part(values, "data") if "included" in values else values
    told = required_part(review, "attributes")
    responses = (read.words(part(one, "attributes"), "responseBody") for one in parts(values, "included"))
    yield FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(review, "id", QuarantineReason.MISSING_ID),
        channel=Channel.APP_REVIEW,
        product=reading.product,
        occurred_at=read.instant(told, "createdDate"),
        text=said(read.words(told, "title"), read.words(told, "body")),
        context_text="\n".join(words for words in responses if words) or None,
        region=read.word(told, "territory"),
        rating=read.stars(told, "rating"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
