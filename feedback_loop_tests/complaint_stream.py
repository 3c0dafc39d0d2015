"""A made-up stream of complaints with known topics, as the frames that clusters, alerts and issues are computed from.

Vectors scatter around one direction per topic, so that tests know what belongs together without a language model.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.methods.repetition.fingerprints import fingerprint

START = date(2024, 3, 1)
DIMENSION = 24

Schema = dict[str, pl.DataType | type[pl.DataType]]

TOPICS: dict[str, tuple[str, Sequence[str]]] = {
    "refund": ("billing", ["refund never arrived", "still waiting for my refund", "refund missing again", "no refund after weeks"]),
    "login": ("auth", ["password reset mail missing", "locked out after password reset", "reset link expired", "password reset broken"]),
    "scanner": (
        "broken_workflow",
        ["scanner shows blank page", "blank page from scanner", "scanner output empty page", "scanner blank again"],
    ),
    "praise": ("praise", ["lovely product", "works great", "very happy"]),
}


@dataclass(frozen=True)
class Stream:
    """The four frames of upstream tables and the topic of each fragment."""

    topics: Mapping[str, str]
    fragments: pl.DataFrame
    messages: pl.DataFrame
    classifications: pl.DataFrame
    embeddings: pl.DataFrame

    def shuffled(self, seed: int) -> Stream:
        """The same rows in another order."""
        frames = (self.fragments, self.messages, self.classifications, self.embeddings)
        return Stream(self.topics, *(f.sample(fraction=1.0, shuffle=True, seed=seed) for f in frames))

    def within(self, days: DayRange) -> Stream:
        """Only the rows of the days."""
        kept = pl.col("event_date").is_between(days.first, days.last)
        return Stream(self.topics, *(f.filter(kept) for f in (self.fragments, self.messages, self.classifications, self.embeddings)))

    def without(self, fragment_ids: set[str]) -> Stream:
        """The stream as if those fragments (and what was computed of them) had not landed yet; messages stay."""
        kept = ~pl.col("fragment_id").is_in(list(fragment_ids))
        return Stream(
            self.topics, self.fragments.filter(kept), self.messages, self.classifications.filter(kept), self.embeddings.filter(kept)
        )


@dataclass(frozen=True)
class Said:
    """One record of the stream."""

    day: int
    topic: str
    product: str = "app"
    version: str | None = "1.0"
    rating: float | None = None
    severity: str | None = None
    fragments: int = 1
    duplicate_of: str | None = None
    customer: str | None = None
    hour: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    """Values of the dimensions of a scope beside the version."""

    @property
    def segment(self) -> dict[str, str | None]:
        """The value of each dimension of a scope."""
        return {name: self.where.get(name) for name in SCOPE_DIMENSIONS} | {"product_version": self.version}


def said_as(text: str) -> dict[str, object]:
    """The columns of a fragment that its words decide."""
    return {"masked_text": text, "fingerprint": fingerprint(text), "language": "en"}


def stream(said: Sequence[Said], seed: int = 7) -> Stream:
    """The frames of the records, whose ids follow from their place in the list."""
    noise = np.random.default_rng(seed)
    directions = np.linalg.qr(np.random.default_rng(1).normal(size=(DIMENSION, DIMENSION)))[0]
    numbers = {topic: n for n, topic in enumerate(TOPICS)}
    fragments, messages, classes, vectors, topics = [], [], [], [], {}
    for n, record in enumerate(said):
        day, record_id = START + timedelta(days=record.day), stable_id("record", n)
        since_midnight = timedelta(hours=8, seconds=n % 3600) if record.hour is None else timedelta(hours=record.hour)
        occurred_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + since_midnight
        shared = {
            "record_id": record_id, "product": record.product, "event_date": day, "occurred_at": occurred_at, "severity": record.severity,
            "rating": record.rating, "customer_id": record.customer, **record.segment,
        }  # fmt: skip
        messages.append(shared)
        best_class, texts = TOPICS[record.topic]
        for index in range(record.fragments):
            fragment_id = stable_id("fragment", n, index)
            text = texts[(n + index) % len(texts)]
            fragments.append(
                {
                    **shared,
                    "fragment_id": fragment_id,
                    "masked_text": text,
                    "fingerprint": fingerprint(text),
                    "language": "en",
                    "duplicate_of": record.duplicate_of,
                }
            )
            classes.append({"fragment_id": fragment_id, "best_class": best_class, "class_score": 0.5 + n % 50 / 100, "event_date": day})
            vector = directions[numbers[record.topic]] + noise.normal(scale=0.08, size=DIMENSION)
            vectors.append((vector / np.linalg.norm(vector)).astype(np.float32))
            topics[fragment_id] = record.topic
    types: Schema = {
        "severity": pl.String,
        "rating": pl.Float64,
        **{name: pl.String() for name in SCOPE_DIMENSIONS},
        "customer_id": pl.String,
        "occurred_at": pl.Datetime("us", "UTC"),
    }
    message_schema: Schema = {"record_id": pl.String, "product": pl.String, "event_date": pl.Date, **types}
    fragment_schema: Schema = {
        **message_schema,
        "fragment_id": pl.String,
        "masked_text": pl.String,
        "fingerprint": pl.String,
        "language": pl.String,
        "duplicate_of": pl.String,
    }
    class_schema: Schema = {"fragment_id": pl.String, "best_class": pl.String, "class_score": pl.Float64, "event_date": pl.Date}
    embeddings = pl.DataFrame(
        {"fragment_id": [f["fragment_id"] for f in fragments], "embedding_model_version": ["m1"] * len(fragments),
         "vector": [v.tolist() for v in vectors], "event_date": [f["event_date"] for f in fragments]},
        schema={"fragment_id": pl.String, "embedding_model_version": pl.String, "vector": pl.List(pl.Float32), "event_date": pl.Date},
    )  # fmt: skip
    return Stream(
        topics, pl.DataFrame(fragments, schema=fragment_schema), pl.DataFrame(messages, schema=message_schema),
        pl.DataFrame(classes, schema=class_schema), embeddings,
    )  # fmt: skip


def steady(days: int, per_day: int = 2, seed: int = 3, topics: Sequence[str] = ("refund", "login", "scanner", "praise")) -> list[Said]:
    """`per_day` records of a random topic on each of the days."""
    chance = random.Random(seed)
    return [Said(day, chance.choice(topics)) for day in range(days) for _ in range(per_day)]


def day(number: int) -> date:
    """The day with this number, 0 first."""
    return START + timedelta(days=number)


def releases(rows: Sequence[tuple[str, str, int, bool]] = ()) -> pl.DataFrame:
    """Releases as (product, version, day, is_inferred)."""
    instant = pl.Datetime("us", "UTC")
    schema: Schema = {"product": pl.String, "release_version": pl.String, "released_at": instant, "is_inferred": pl.Boolean}
    found = [(p, v, datetime(day(n).year, day(n).month, day(n).day, 6, tzinfo=UTC), inferred) for p, v, n, inferred in rows]
    return pl.DataFrame(found, schema=schema, orient="row")
