"""A made-up app's feedback as canonical records: a few complaints a day about known symptoms, rising where told.

Not the simulation of `feedback_loop/simulation` (a company with planted causes): the fewest rows with which every table has something to
say. The same arguments give the same records.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, ReleaseRecord, Row
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop_tests.bronze.rows import context_statement, measured

START = date(2024, 3, 1)
PRODUCT = "Lumen"
LANDED_AT = datetime(2024, 6, 1, 12, tzinfo=UTC)

SAYINGS = {
    "crash": (
        "The app crashes as soon as I open the gallery.",
        "It crashes every time I open the gallery since the update.",
        "Crashes on opening the gallery, error E-1{n:03d}.",
        "Opening the gallery makes the whole app crash, please write to user{n}@example.com",
    ),
    "billing": (
        "I was charged twice for my subscription this month.",
        "Charged twice for the subscription and nobody answers.",
        "You charged my card twice for one subscription, order {n}.",
        "Double charge for the subscription again. I want my money back.",
    ),
    "auth": (
        "I can't log in, the password reset link never arrives.",
        "The reset link for my password never arrives, so I can't log in.",
        "Locked out of my account because no password reset mail comes.",
    ),
    "praise": ("Great app, works well and I love it.", "I love this app, very good work."),
}

UNREADABLE = RejectedRow(
    source="records", source_file="f.jsonl", source_row_number=1, reason=QuarantineReason.MALFORMED_ROW, detail="", raw_bytes=b"{",
    reader_options="",
)  # fmt: skip


def day(number: int) -> date:
    """The day with this number, 0 first."""
    return START + timedelta(days=number)


def days(first: int, last: int) -> DayRange:
    """The days from one number to another, both included."""
    return DayRange(day(first), day(last))


def instant(number: int, hour: float = 0.0) -> datetime:
    """The instant at that hour of the day with this number."""
    return datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=hour)


def record(name: str, number: int, text: str | None, **changes: Any) -> FeedbackRecord:
    """One record of the day with this number; its time of day follows from its name, so that it never depends on other records."""
    at = datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(seconds=sum(name.encode()) * 37 % 80_000)
    said: dict[str, Any] = {
        "source": "records", "source_record_id": name, "channel": Channel.TICKET, "product": PRODUCT, "occurred_at": at, "text": text,
        "raw_payload": "{}", "source_file": "made_up.jsonl", "source_row_number": 1, "customer_id": f"customer-{name}",
    }  # fmt: skip
    return FeedbackRecord(**(said | changes))


def feedback(last: int, per_day: int = 4, seed: int = 5, spike: int | None = None) -> list[FeedbackRecord]:
    """`per_day` records on each of the days 0..last; on the day `spike` five times as many more about crashes, with one star."""
    chance = random.Random(seed)
    made = []
    for number in range(last + 1):
        topics = [chance.choice(list(SAYINGS)) for _ in range(per_day)] + ["crash"] * (5 * per_day if number == spike else 0)
        for n, topic in enumerate(topics):
            text = chance.choice(SAYINGS[topic]).format(n=chance.randrange(1000))
            version = "2.0" if number >= last // 2 else "1.0"
            stars = float(chance.randint(1, 5))
            rating = stars if n < per_day else 1.0
            made.append(record(f"{number}-{n}", number, text, product_version=version, rating=rating))
    return made


def release(version: str, number: int, notes: str | None = None) -> ReleaseRecord:
    """A statement of the release feed that the version came out at six o'clock on the day with this number."""
    at = datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=6)
    return ReleaseRecord(
        product=PRODUCT, release_version=version, released_at=at, release_notes=notes, raw_payload="{}", source_file="releases.csv",
        source_row_number=1,
    )  # fmt: skip


def context(number: int) -> list[Row]:
    """What else was going on from six on the day with this number: a statement of each kind, a minute of telemetry and one of logs."""
    at = datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=6)
    said: dict[ContextKind, dict[str, Any]] = {
        ContextKind.CHANGE: {"change_id": "c1", "change_kind": "flag", "started_at": at, "scope": {}},
        ContextKind.INCIDENT: {"incident_id": "i1", "started_at": at, "scope": {"channel": ["ticket"]}},
        ContextKind.CUSTOMER: {"known_customer_id": "customer-0-0", "stated_at": at},
        ContextKind.BUSINESS_EVENT: {"business_event_id": "e1", "business_event_kind": "order", "occurred_at": at},
        ContextKind.DOCUMENT: {
            "document_id": "kb", "document_kind": "kb_article", "document_title": "Gallery", "document_text": "# Gallery",
            "document_version": "v1", "owner": "support", "started_at": at,
        },
    }  # fmt: skip
    statements = [context_statement({"product": PRODUCT} | told, context_kind=kind) for kind, told in said.items()]
    figures = [measured(at, product=PRODUCT), measured(at, table="context_log", product=PRODUCT, error_text="error E-1001")]
    return [*statements, *figures]
