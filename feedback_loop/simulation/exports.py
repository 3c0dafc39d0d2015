"""What the sources of a simulated company say, row by row with the instant of arrival, and their files as a whole.

Here: which source states what, in its own format. What arrives in which hour is `deliveries`; landing is `sources`, the truth `truth`.
Feedback: `reviews.csv` (the export of an app store), `tickets.jsonl` (web forms and e-mails), `chats.jsonl`, `surveys.jsonl`, `calls.jsonl`
(canonical records). Context: `releases.csv`, `changes.jsonl`, `incidents.jsonl`, `customers.jsonl`, `business_events.jsonl`,
`documents/*.md`, `telemetry.parquet`, `logs.parquet`.
The rule that is easy to break: nothing of the truth may reach a source file, and no source file knows more than such a source would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_loop.simulation.business_events import business_event_statements
from feedback_loop.simulation.changes import LOG_DELAY_MINUTES, change_statements
from feedback_loop.simulation.documents import documents
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.incidents import incident_statements
from feedback_loop.simulation.ledger import customer_statements
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.population import population
from feedback_loop.simulation.statements import Statement, arrival, csv_bytes, instant, iso, json_lines, parquet_bytes
from feedback_loop.simulation.streams import stream
from feedback_loop.simulation.telemetry import measured

REVIEW_COLUMNS = ("reviewId", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at", "replyContent", "repliedAt")
RELEASE_COLUMNS = ("version", "released_at", "notes")
# What a help desk may fail to record; identifiers, channel, product, instant and words are always there.
OPTIONAL_FIELDS = (
    "customer_id", "language", "locale", "segment", "tier", "region", "product_version", "device", "os", "browser", "sku", "product_area",
)  # fmt: skip
DESKS = {"ticket": "help_desk", "email": "help_desk", "chat": "chat_desk", "survey": "survey_tool", "call": "phone_desk"}
FILE_OF_CHANNEL = {"ticket": "tickets", "email": "tickets", "chat": "chats", "survey": "surveys", "call": "calls"}
AREAS_WITH_SKU = ("orders", "editor")


@dataclass(frozen=True)
class SourceFile:
    """One file of one source: `source` lands it; `product` where its rows don't name it; `columns` of CSV, none for JSON lines."""

    source: str
    name: str
    statements: Sequence[Statement]
    product: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The ending of the file's name, with its dot."""
        return ".csv" if self.columns else ".jsonl"

    def content(self, rows: Sequence[Mapping[str, object]]) -> bytes:
        """The rows in the format of this file."""
        return csv_bytes(self.columns, rows) if self.columns else json_lines(rows)


def _store_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def review_row(simulation: Simulation, message: Message) -> dict[str, object]:
    """One row of the app store's export; the version is blank where the store did not record it."""
    unknown = stream(simulation.seed, "unrecorded", message.message_id).random() < simulation.scenario.missing_field_share
    return {
        "reviewId": message.message_id,
        "content": message.text,
        "score": message.rating,
        "thumbsUpCount": message.likes,
        "reviewCreatedVersion": "" if unknown else message.version or "",
        "at": _store_time(message.occurred_at),
        "replyContent": message.reply.text if message.reply else "",
        "repliedAt": _store_time(message.reply.replied_at) if message.reply else "",
    }


def canonical_row(simulation: Simulation, message: Message) -> dict[str, object]:
    """One canonical record of a desk; a context field that it did not record is null."""
    person, rng = message.customer, stream(simulation.seed, "unrecorded", message.message_id)
    sku = stream(simulation.seed, "sku", message.message_id).choice(simulation.scenario.skus)
    known: dict[str, object] = {
        "customer_id": person.customer_id,
        "language": person.language,
        "locale": person.locale,
        "segment": person.segment,
        "tier": person.tier,
        "region": person.region.name,
        "product_version": message.version,
        "device": person.model,
        "os": person.system,
        "browser": message.browser,
        "sku": sku if message.area in AREAS_WITH_SKU else None,
        "product_area": message.area,
    }
    return {
        "source_record_id": message.message_id,
        "source": DESKS[message.channel],
        "channel": message.channel,
        "product": simulation.scenario.product,
        "occurred_at": iso(message.occurred_at),
        "text": message.text,
        "severity": message.severity,
        "rating": message.rating,
        **{name: None if rng.random() < simulation.scenario.missing_field_share else known[name] for name in OPTIONAL_FIELDS},
    }


def _feedback(simulation: Simulation) -> list[SourceFile]:
    rows: dict[str, list[Statement]] = {"reviews": [], "tickets": [], "chats": [], "surveys": [], "calls": []}
    for message in simulation.messages:
        if message.channel == "app_review":
            rows["reviews"].append(Statement(message.delivered_at, review_row(simulation, message)))
        else:
            rows[FILE_OF_CHANNEL[message.channel]].append(Statement(message.delivered_at, canonical_row(simulation, message)))
    reviews = SourceFile("google_play", "reviews", rows.pop("reviews"), simulation.scenario.product, REVIEW_COLUMNS)
    return [reviews, *(SourceFile("records", name, told) for name, told in rows.items())]


def _releases(simulation: Simulation) -> SourceFile:
    told = []
    for release in simulation.scenario.releases:
        released_at = instant(simulation.start_day, release.at_hour)
        delay = timedelta(minutes=stream(simulation.seed, "release", release.version).uniform(*LOG_DELAY_MINUTES))
        row = {"version": release.version, "released_at": iso(released_at), "notes": release.notes}
        told.append(Statement(arrival(simulation.start_day, released_at + delay), row))
    return SourceFile("releases", "releases", told, simulation.scenario.product, RELEASE_COLUMNS)


def row_files(simulation: Simulation) -> list[SourceFile]:
    """Every file that consists of rows; feedback in the order in which it was written, the rest in the order of arrival."""
    people = population(simulation.scenario, simulation.seed)
    return [
        _releases(simulation),
        SourceFile("changes", "changes", change_statements(simulation)),
        SourceFile("incidents", "incidents", incident_statements(simulation)),
        SourceFile("customers", "customers", customer_statements(simulation, people)),
        SourceFile("business_events", "business_events", business_event_statements(simulation, people)),
        *_feedback(simulation),
    ]


def source_files(simulation: Simulation) -> dict[str, bytes]:
    """The content of each source's file by file name, all days in one; text is UTF-8."""
    machines = measured(simulation)
    return {
        **{file.name + file.suffix: file.content([told.row for told in file.statements]) for file in row_files(simulation)},
        **{f"documents/{one.file_name}": one.text.encode() for one in documents(simulation)},
        "telemetry.parquet": parquet_bytes(machines.telemetry),
        "logs.parquet": parquet_bytes(machines.logs),
    }
