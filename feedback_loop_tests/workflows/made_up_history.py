"""A made-up past: four weeks of complaints, each landed as it was written, with a rise of crashes that a change led to.

Also rows that landed afterwards, whatever instant they speak of: what must never be seen by who looks at an earlier instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.models import seed_classifier
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.bronze import context as statements
from feedback_loop.bronze.landing import landing_batch_of
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import Row
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore
from feedback_loop.workflows.as_known import Analysed, Context
from feedback_loop.workflows.ingest import land_batch
from feedback_loop_tests.bronze.rows import context_statement, measured
from feedback_loop_tests.defs.made_up_feedback import PRODUCT, SAYINGS, day, feedback, record, release

SPIKE, LAST = 24, 26
CHANGE, SERVICE = "chg-1", "web"

Landing = tuple[datetime, Sequence[Row]]


def instant(number: int, hour: float = 0) -> datetime:
    """So many hours into the day with this number."""
    return datetime.combine(day(number), time(), UTC) + timedelta(hours=hour)


def change(change_id: str, number: int, hour: float = 1.0, **said: object) -> Row:
    """A statement that a deploy of the service began then, for everybody."""
    told = {"change_id": change_id, "change_kind": "deploy", "product": PRODUCT, "service": SERVICE, "scope": {}, "product_version": "2.0"}
    return context_statement({**told, "started_at": instant(number, hour), **said})


def incident(incident_id: str, number: int) -> Row:
    """A statement that an incident of the service began in the night."""
    said = {"incident_id": incident_id, "product": PRODUCT, "service": SERVICE, "started_at": instant(number, 1), "scope": {}}
    return context_statement(said, context_kind=ContextKind.INCIDENT)


def document(document_id: str, version: str = "v1", **said: object) -> Row:
    """A document that holds from long before on."""
    told = {
        "document_id": document_id, "document_kind": "runbook", "document_title": "Steps", "document_text": "# Steps", "product": PRODUCT,
        "document_version": version, "owner": "support", "started_at": instant(-60), "valid_until_at": instant(90),
    }  # fmt: skip
    return context_statement(told | said, context_kind=ContextKind.DOCUMENT)


def telemetry(number: int) -> list[Row]:
    """The service until the evening, every five minutes; since the change a third of what is asked of it fails."""
    minutes = [instant(number) + timedelta(minutes=5 * n) for n in range(240)]
    failing = [minute for minute in minutes if minute >= instant(SPIKE, 1)]
    return [_measured(minutes[: len(minutes) - len(failing)], error_count=1), _measured(failing, error_count=30)]


def _measured(minutes: list[datetime], error_count: int) -> Row:
    figures: dict[str, Any] = {"measured_service": SERVICE, "measured_version": "2.0", "request_count": 100, "error_count": error_count}
    return measured(*minutes, product=PRODUCT, **figures)


def history() -> Iterator[Landing]:
    """Everything that landed, each row at the instant of which it speaks."""
    yield instant(-1), [document(name) for name in ("rollback-release", "KB-104")]
    yield instant(12, 6), [release("2.0", 12)]
    yield instant(SPIKE, 1), [change(CHANGE, SPIKE)]
    for number in range(LAST + 1):
        yield instant(number, 21), telemetry(number)
    for each in feedback(LAST, per_day=5, spike=SPIKE):
        yield each.occurred_at, [each]


def late(landed_at: datetime) -> dict[str, Landing]:
    """Rows of every kind about the day of the rise or before, which landed only at the instant."""
    original = next(each for each in feedback(LAST, per_day=5, spike=SPIKE) if each.occurred_at.date() == day(SPIKE))
    crash = [record(f"late{n}", SPIKE, SAYINGS["crash"][n % 2], product_version="2.0") for n in range(20)]
    found: dict[str, list[Row]] = {
        "records": [*crash],
        "an edit": [replace(original, text=SAYINGS["praise"][0])],
        "a release": [release("2.0", SPIKE, "came out later than it was said"), release("2.1", SPIKE)],
        "a change": [change("chg-2", SPIKE, hour=1.1), change(CHANGE, SPIKE, ended_at=instant(SPIKE, 2))],
        "an incident": [incident("inc-1", SPIKE)],
        "telemetry": [_measured([instant(SPIKE, 1) + timedelta(minutes=5 * n + 1) for n in range(40)], error_count=1)],
        "a document": [document("rollback-release", "v2", valid_until_at=instant(-30))],
    }
    return {name: (landed_at, rows) for name, rows in found.items()}


def landed(*more: Landing, order: Callable[[list[Landing]], Sequence[Landing]] = list) -> MemoryTableStore:
    """A store in which the history landed and what is given beside it, context tables included."""
    store = MemoryTableStore()
    land_batch(landing_batch_of(order(sorted([*history(), *more], key=lambda landing: landing[0]))), store)
    said = store.read(TABLES["bronze_context_statement"])
    store.append(TABLES["context_change"], statements.context_changes(said))
    store.append(TABLES["context_incident"], statements.context_incidents(said))
    store.append(TABLES["context_document"], statements.context_documents(said))
    return store


def context_of(store: TableStore) -> Context:
    """All statements about context in the store."""
    return Context(*(store.read(TABLES[name]) for name in ("bronze_release", "context_change", "context_incident", "context_telemetry")))


def analysed() -> Analysed:
    """Nothing taken in yet; vectors of spelling, for speed."""
    embedder = TfidfEmbedder()
    return Analysed(embedder, seed_classifier(embedder))


def days(first: int, last: int) -> DayRange:
    """The days from one number to another, both included."""
    return DayRange(day(first), day(last))
