"""The files that the sources of a simulated company would deliver, and the truth tables, as bytes by file name.

Here: formats only. Writing the files is the caller's, landing them is `sources`, who scores against the truth uses `recovery`.
Sources: `reviews.csv` (the export of an app store: reviewId … repliedAt), `tickets.jsonl` (web forms and e-mails) and `chats.jsonl`
(canonical records), `releases.csv` (version, released_at, notes).
Truth: `truth_message.jsonl` (one row per message), `truth_fault.jsonl` (one row per fault).
The rule that is easy to break: nothing of the truth may reach a source file, and no source file knows more than such a source would.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from feedback_loop.simulation.feed import Message, Simulation
from feedback_loop.simulation.streams import stream

REVIEW_COLUMNS = ("reviewId", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at", "replyContent", "repliedAt")
RELEASE_COLUMNS = ("version", "released_at", "notes")
# What a help desk may fail to record; identifiers, channel, product, instant and words are always there.
OPTIONAL_FIELDS = ("customer_id", "language", "locale", "segment", "tier", "region", "product_version", "device", "os", "product_area")


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _store_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    page = io.StringIO()
    writer = csv.DictWriter(page, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode()


def _jsonl(rows: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


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
    """One canonical record of a help desk; a context field that it did not record is null."""
    person, rng = message.customer, stream(simulation.seed, "unrecorded", message.message_id)
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
        "product_area": message.area,
    }
    return {
        "source_record_id": message.message_id,
        "source": "chat_desk" if message.channel == "chat" else "help_desk",
        "channel": message.channel,
        "product": simulation.scenario.product,
        "occurred_at": _iso(message.occurred_at),
        "text": message.text,
        "severity": message.severity,
        **{name: None if rng.random() < simulation.scenario.missing_field_share else known[name] for name in OPTIONAL_FIELDS},
    }


def source_files(simulation: Simulation) -> dict[str, bytes]:
    """The content of each source's file by file name, rows in order of time, UTF-8."""
    by_file: dict[str, list[Message]] = {"app_review": [], "ticket": [], "email": [], "chat": []}
    for message in simulation.messages:
        by_file["ticket" if message.channel == "email" else message.channel].append(message)
    return {
        "reviews.csv": _csv(REVIEW_COLUMNS, (review_row(simulation, message) for message in by_file["app_review"])),
        "tickets.jsonl": _jsonl(canonical_row(simulation, message) for message in by_file["ticket"]),
        "chats.jsonl": _jsonl(canonical_row(simulation, message) for message in by_file["chat"]),
        "releases.csv": _csv(RELEASE_COLUMNS, _release_rows(simulation)),
    }


def _release_rows(simulation: Simulation) -> Iterable[dict[str, object]]:
    midnight = datetime.combine(simulation.start_day, time(), UTC)
    for release in simulation.scenario.releases:
        released_at = midnight + timedelta(days=release.day, hours=release.hour)
        yield {"version": release.version, "released_at": _iso(released_at), "notes": release.notes}


def truth_message(message: Message) -> dict[str, object]:
    """What is true of one message: the planted fault behind it, its topics and where each is spoken of, language, what it repeats."""
    return {
        "message_id": message.message_id,
        "channel": message.channel,
        "occurred_at": _iso(message.occurred_at),
        "fault": message.fault,
        "topics": list(message.topics),
        "spans": [{"start": span.start, "end": span.end, "topic": span.topic} for span in message.spans],
        "language": message.language,
        "duplicate_of": message.duplicate_of,
    }


def truth_fault(simulation: Simulation) -> list[dict[str, object]]:
    """What was planted: one row per fault with its first day, slice, true cause and the change that only looks like it."""
    counts = {fault.fault: 0 for fault in simulation.scenario.faults}
    for message in simulation.messages:
        if message.fault:
            counts[message.fault] += 1
    return [
        {
            "fault": fault.fault,
            "kind": fault.kind,
            "topic": fault.topic,
            "is_defect": fault.is_defect,
            "first_day": (simulation.start_day + timedelta(days=fault.first_day)).isoformat(),
            "cause_kind": fault.cause.kind,
            "cause": fault.cause.reference,
            "innocent": fault.innocent,
            "versions": fault.versions,
            "device_kinds": fault.device_kinds,
            "regions": fault.regions,
            "tiers": fault.tiers,
            "message_count": counts[fault.fault],
        }
        for fault in simulation.scenario.faults
    ]


def truth_files(simulation: Simulation) -> dict[str, bytes]:
    """The truth tables by file name, UTF-8 JSON lines; never to be landed."""
    return {
        "truth_message.jsonl": _jsonl(truth_message(message) for message in simulation.messages),
        "truth_fault.jsonl": _jsonl(truth_fault(simulation)),
    }
