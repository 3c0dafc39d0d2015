"""Reviews of one app as the Google Play Developer API answers: pages of `reviews.list`, one review a row.

Followed: https://developers.google.com/android-publisher/api-ref/rest/v3/reviews (discovery document of version 3). A review holds what the
user and what the developer wrote last; where Google translated it, the user's own words are `originalText`. Developers' replies are
context; thumbs, version codes and hardware stay in the payload, and the author's name is read by nobody. The rule that is easy to break:
records go by the same source and the same ids as those of the CSV exports (`google_play`), so that one review is one record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.google_play import SOURCE
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import part, parts, required_part, seconds
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values

LISTS = ("reviews",)
KNOWN_FIELDS = frozenset(("reviewId", "authorName", "comments"))

_BESIDE = frozenset(("pageInfo", "tokenPagination"))
"""Google leaves out what is empty, so a week without reviews is a page without the list."""

_NANOS_OF_MICROSECOND = 1000
_MAX_NANOS = 999_999_999


def read_google_play_reviews(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each review of the page."""
    return read_json_pages(stream, reading, LISTS, _review, empty_has=_BESIDE)


def _review(values: Values, payload: str, number: int, reading: Reading) -> Iterator[FeedbackRecord]:
    comments = parts(values, "comments")
    said = _latest([part(one, "userComment") for one in comments if one.get("userComment") is not None])
    replies = (read.words(part(one, "developerComment"), "text") for one in comments)
    yield FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(values, "reviewId", QuarantineReason.MISSING_ID),
        channel=Channel.APP_REVIEW,
        product=reading.product,
        occurred_at=_modified_at(said),
        text=read.words(said, "originalText") or read.words(said, "text"),
        context_text="\n".join(reply for reply in replies if reply) or None,
        declared_language=read.language(said, "reviewerLanguage"),
        locale=read.word(said, "reviewerLanguage"),
        product_version=read.word(said, "appVersionName"),
        device=read.word(said, "device"),
        os=_system(said),
        rating=read.stars(said, "starRating"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )


def _latest(comments: list[Values]) -> Values:
    if not comments:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "comments hold no userComment")
    return max(comments, key=_modified_at)


def _modified_at(comment: Values) -> datetime:
    modified = required_part(comment, "lastModified")
    nanos = read.word(modified, "nanos") or "0"
    if not (nanos.isascii() and nanos.isdigit() and len(nanos) <= len(str(_MAX_NANOS))):
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"nanos is no whole number up to {_MAX_NANOS}")
    return seconds(modified, "seconds") + timedelta(microseconds=int(nanos) // _NANOS_OF_MICROSECOND)


def _system(comment: Values) -> str | None:
    level = read.word(comment, "androidOsVersion")
    return f"Android API {level}" if level else None
