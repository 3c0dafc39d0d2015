"""Product events as Segment hands them on: track and identify calls (https://segment.com/docs/connections/spec/), a batch or one a line.

messageId, type and timestamp are required. Of track calls, those that carry customers' words become records, orders and the like business
events, and errors are counted by minute, code and version in `context_log`; an identify call of a known user is a statement about a
customer, with consent where a trait says so. Which events these are: `segment_names`. All other calls (page, screen, group, alias, clicks)
say nothing here and are counted neither as read nor as refused. Names and addresses among the traits are read by nobody.
The rule that is easy to break: money in another currency than US dollars is no amount here, and a refund without one is null, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import Consent, ContextKind
from feedback_loop.contracts.records import ContextStatement, FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import statement
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import part, required_part
from feedback_loop.sources.minute_counts import ErrorMinute, Where, error_rows, first_of_minute
from feedback_loop.sources.one_row_pages import with_row_listed
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.segment_names import SegmentNames
from feedback_loop.sources.values import Values

SOURCE, US_DOLLARS = "segment", "USD"
KNOWN_FIELDS = frozenset(
    {
        "anonymousId", "category", "channel", "context", "event", "groupId", "integrations", "messageId", "name", "originalTimestamp",
        "previousId", "projectId", "properties", "receivedAt", "sentAt", "timestamp", "traits", "type", "userId", "version", "_metadata",
    }
)  # fmt: skip
_CALLS = ("track", "identify", "page", "screen", "group", "alias")
_DEFAULTS = SegmentNames()


def read_segment(stream: BinaryIO, reading: Reading, names: SegmentNames = _DEFAULTS) -> Iterator[Row]:
    """What the calls say, the rejected ones, and at the end the errors of each minute."""
    errors: Counter[ErrorMinute] = Counter()

    def build(values: Values, payload: str, number: int, told: Reading) -> Iterable[Row | ErrorMinute]:
        return _said(values, payload, number, told, names)

    for made in read_json_pages(with_row_listed(stream, reading, frozenset({"messageId"})), reading, ("batch",), build):
        if isinstance(made, ErrorMinute):
            errors[made] += 1
        else:
            yield made
    yield from error_rows(errors, reading.product)


def _said(values: Values, payload: str, number: int, reading: Reading, names: SegmentNames) -> Iterator[Row | ErrorMinute]:
    call = read.required_word(values, "type")
    if call not in _CALLS:
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"type is none of {', '.join(_CALLS)}")
    read.required_word(values, "messageId", QuarantineReason.MISSING_ID)
    read.instant(values, "timestamp")
    if call == "identify" and read.word(values, "userId"):
        yield statement(ContextKind.CUSTOMER, _customer(values, reading, names), payload, number, reading)
    if call != "track":
        return
    event = read.required_word(values, "event")
    if event in names.feedback:
        yield _feedback(values, payload, number, reading, names)
    elif event in names.business:
        yield _business_event(values, event, payload, number, reading, names)
    elif event in names.errors:
        yield _error(values, names)


def _feedback(values: Values, payload: str, number: int, reading: Reading, names: SegmentNames) -> FeedbackRecord:
    properties, context = required_part(values, "properties"), part(values, "context")
    text = next((words for name in names.text if (words := read.words(properties, name))), None)
    rating = read.rating(properties, "rating")
    if text is None and rating is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"properties hold neither a rating nor any of {', '.join(names.text)}")
    locale = read.word(context, "locale")
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(values, "messageId", QuarantineReason.MISSING_ID),
        channel=Channel.SURVEY,
        product=reading.product,
        occurred_at=read.instant(values, "timestamp"),
        text=text,
        customer_id=read.word(values, "userId") or read.word(values, "anonymousId"),
        declared_language=read.language(context, "locale"),
        locale=locale,
        product_version=read.word(part(context, "app"), "version"),
        device=read.word(part(context, "device"), "model"),
        os=" ".join(said for name in ("name", "version") if (said := read.word(part(context, "os"), name))) or None,
        rating=rating,
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )


def _business_event(values: Values, event: str, payload: str, number: int, reading: Reading, names: SegmentNames) -> ContextStatement:
    properties = part(values, "properties")
    is_dollars = (read.word(properties, "currency") or US_DOLLARS).upper() == US_DOLLARS  # Segment assumes them where nothing is said
    amounts = (read.amount(properties, name) for name in names.amount)
    said = {
        "business_event_id": read.required_word(values, "messageId", QuarantineReason.MISSING_ID),
        "business_event_kind": names.business[event],
        "product": reading.product,
        "customer_id": read.word(values, "userId") or read.word(values, "anonymousId"),
        "amount_usd": next((amount for amount in amounts if amount is not None), None) if is_dollars else None,
        "occurred_at": read.instant(values, "timestamp"),
    }
    return statement(ContextKind.BUSINESS_EVENT, said, payload, number, reading)


def _customer(values: Values, reading: Reading, names: SegmentNames) -> dict[str, object]:
    traits = part(values, "traits")
    return {
        "known_customer_id": read.required_word(values, "userId", QuarantineReason.MISSING_ID),
        "account_id": read.word(part(traits, "company"), "id"),
        "product": reading.product,
        "tier": read.word(traits, "plan") or read.word(traits, "tier"),
        "segment": read.word(traits, "segment"),
        "region": read.word(traits, "region"),
        "locale": read.word(part(values, "context"), "locale"),
        "consent": next((consent for name in names.consent if (consent := _consent(traits, name))), None),
        "stated_at": read.instant(values, "timestamp"),
    }


def _consent(traits: Values, name: str) -> Consent | None:
    said = traits.get(name)
    if isinstance(said, bool):
        return Consent.YES if said else Consent.NO
    return read.choice(traits, name, Consent)


def _error(values: Values, names: SegmentNames) -> ErrorMinute:
    """The error by its code alone: the device has no column there, and a message may hold values of the customer."""
    properties, app = required_part(values, "properties"), part(part(values, "context"), "app")
    code = next((code for name in names.code if (code := read.word(properties, name))), None)
    if code is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"properties hold none of {', '.join(names.code)}")
    where = Where(read.word(app, "name") or SOURCE, read.word(app, "version") or "", "")
    return ErrorMinute(where, first_of_minute(read.instant(values, "timestamp")), code)
