"""Small made-up scenes: a crowd that complains as usual, a fault among some of its customers, and what else went on at the time.

Days and hours count from the stream's first day. The crowd names all dimensions of a scope, so that each scene can be cut by any.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.cohorts import cohorts
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.embed import embeddings
from feedback_loop.analysis.hypotheses import hypotheses
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.analysis.fakes import WordHashEmbedder
from feedback_loop_tests.complaint_stream import START, Said, Stream, day, releases, stream

EMBEDDER = WordHashEmbedder()

DAY, HOUR = 30, 10
"""The day and the hour at which the faults of the scenes begin."""

CUSTOMERS: Mapping[str, Sequence[str]] = {
    "browser": ["Chrome 126", "Chrome 126", "Chrome 126", "Safari 18", "Firefox 127"],
    "region": ["uk", "uk", "us", "dach", "iberia"],
    "os": ["iOS", "Android", "Android", "Windows"],
    "tier": ["free", "free", "free", "plus", "pro"],
    "channel": ["ticket", "chat"],
}
USUAL_TOPICS = (*["praise"] * 10, "refund", "login", "scanner")


def at(hours: float, number: int = DAY) -> datetime:
    """The instant so many hours into the day of that number."""
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=number, hours=hours)


def on(number: int) -> DayRange:
    """The one day of that number."""
    return DayRange(day(number), day(number))


def crowd(days: range = range(3, DAY + 1), per_day: int = 60, seed: int = 5, versions: Sequence[str] = ("2.0", "1.9")) -> list[Said]:
    """What the customers say on usual days, evenly over the hours."""
    chance = random.Random(seed)
    return [
        Said(n, chance.choice(USUAL_TOPICS), version=chance.choice(versions), hour=24 * (k + 0.5) / per_day, where=somebody(chance))
        for n in days
        for k in range(per_day)
    ]


def somebody(chance: random.Random) -> dict[str, str]:
    """One customer of the crowd."""
    return {dimension: chance.choice(values) for dimension, values in CUSTOMERS.items()}


def fault(count: int, topic: str = "scanner", *, start: float = HOUR, hours: float = 12, number: int = DAY, version: str | None = None,
          seed: int = 9, where: Mapping[str, str] | None = None, **named: str) -> list[Said]:  # fmt: skip
    """So many complaints from the hour on, of customers of the named segment, or of that which `where` gives as a whole."""
    chance, segment = random.Random(seed), {**(where or {}), **named}
    return [
        Said(number, topic, version=version or chance.choice(("2.0", "1.9")), hour=start + hours * (n + 0.5) / count,
             where=somebody(chance) | segment)
        for n in range(count)
    ]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One row of a change log or, with kind `incident`, of the incidents; `start` in hours of the fault's day."""

    cause_id: str
    kind: str
    start: float
    scope: Mapping[str, Sequence[str]] = field(default_factory=dict)
    service: str | None = None
    end: float | None = None
    words: str | None = None
    version: str | None = None
    provider: str | None = None
    product: str = "app"
    landed: float = 24.0

    def row(self) -> dict[str, object]:
        """Its statement."""
        instants = {"started_at": at(self.start), "ended_at": None if self.end is None else at(self.end), "landed_at": at(self.landed)}
        shared = {"statement_id": stable_id("statement", self.cause_id, self.landed), "product": self.product, "service": self.service,
                  "scope": json.dumps(self.scope), "event_date": at(self.start).date(), **instants}  # fmt: skip
        if self.kind == "incident":
            return {
                **shared,
                "incident_id": self.cause_id,
                "provider": self.provider,
                "incident_summary": self.words,
                "known_severity": None,
            }
        return {**shared, "change_id": self.cause_id, "change_kind": self.kind, "change_description": self.words,
                "product_version": self.version}  # fmt: skip


def frame(table: str, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """The rows as a frame of the table."""
    return pl.DataFrame(list(rows), schema=pl.Schema(TABLES[table].schema), orient="row")


def telemetry(service: str, shares: Sequence[tuple[float, float, float]], *, version: str = "", region: str = "", requests: int = 600,
              seed: int = 2) -> pl.DataFrame:  # fmt: skip
    """Ten-minute rows of a service as (from hour, to hour, error share), hours of the fault's day."""
    chance = random.Random(seed)
    rows = [
        {"product": "app", "measured_service": service, "measured_version": version, "measured_region": region, "minute_at": instant,
         "request_count": requests, "error_count": sum(chance.random() < share for _ in range(requests)), "latency_p95_ms": 200.0,
         "landed_at": instant, "event_date": instant.date()}
        for first, last, share in shares
        for n in range(round(6 * (last - first)))
        for instant in [at(first) + timedelta(minutes=10 * n)]
    ]  # fmt: skip
    return frame("context_telemetry", rows)


@dataclass(frozen=True)
class Scene:
    """What customers said, what was changed, and what was measured."""

    said: list[Said]
    changes: list[Change] = field(default_factory=list)
    measured: list[pl.DataFrame] = field(default_factory=list)
    days: DayRange = field(default_factory=lambda: on(DAY))

    def with_changes(self, *changes: Change) -> Scene:
        """The scene with these changes instead."""
        return replace(self, changes=list(changes))

    def context(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Its changes, incidents and telemetry."""
        changes = frame("context_change", [c.row() for c in self.changes if c.kind != "incident"])
        incidents = frame("context_incident", [c.row() for c in self.changes if c.kind == "incident"])
        return changes, incidents, pl.concat([frame("context_telemetry", []), *self.measured])

    def found(self, shuffled: int | None = None) -> Found:
        """The alerts, cohorts and hypotheses of its days; with a seed from rows in another order."""
        of = stream(self.said)
        grouped = clusters(of.fragments, of.classifications, of.embeddings, self.days)
        changes, incidents, measured = self.context()
        if shuffled is not None:
            of = of.shuffled(shuffled)
            grouped, changes, incidents, measured = (
                f.sample(fraction=1.0, shuffle=True, seed=shuffled) for f in (grouped, changes, incidents, measured)
            )
        return found(of, grouped, changes, incidents, measured, self.days)


@dataclass(frozen=True)
class Found:
    """The three tables of a scene."""

    alerts: pl.DataFrame
    cohorts: pl.DataFrame
    hypotheses: pl.DataFrame

    def of(self, kind: str = "rate", subject: str = "class") -> list[dict[str, object]]:
        """The hypotheses about the largest alert of this kind and subject, the first ranked first."""
        wanted = self.alerts.filter(pl.col("alert_kind") == kind, pl.col("subject_kind") == subject)
        alert_id = wanted.sort("observed_count", descending=True)["alert_id"][0]
        return self.hypotheses.filter(pl.col("alert_id") == alert_id).sort("hypothesis_rank").to_dicts()

    def segments(self, kind: str = "rate", subject: str = "class") -> list[dict[str, str]]:
        """The cohorts of that alert, the first ranked first."""
        alert_id = self.of(kind, subject)[0]["alert_id"]
        ranked = self.cohorts.filter(pl.col("alert_id") == alert_id).sort("cohort_rank")
        return [json.loads(text) for text in ranked["cohort_attributes"]]


def found(
    of: Stream, grouped: pl.DataFrame, changes: pl.DataFrame, incidents: pl.DataFrame, measured: pl.DataFrame, days: DayRange
) -> Found:
    """What the three stages say of these frames."""
    raised = alerts(of.fragments, of.messages, of.classifications, grouped, releases(), days)
    segments = cohorts(raised, of.messages, of.fragments, of.classifications, grouped, days)
    causes = hypotheses(
        raised, segments, of.messages, of.fragments, of.classifications, grouped, changes, incidents, measured,
        embeddings(of.fragments.with_columns(text_hash="fragment_id"), EMBEDDER), EMBEDDER, days,
    )  # fmt: skip
    return Found(raised, segments, causes)
