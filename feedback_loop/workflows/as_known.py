"""What the analysis says at an instant, of nothing but the rows that had landed by then: the ground of back-tests and of the closed loop.

The assets in `defs/` compute the same functions over tables; here they run over frames, day by day. What depends on one record alone
(masking, vectors, classes) is computed once per version; what compares records is computed anew for each instant. The rule that is easy
to break: every frame is cut by `landed_at` before any function sees it, so that nothing can look ahead. Boilerplate, which compares a
customer's mails, stays in: it depends on when which of them had landed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import polars as pl

from feedback_loop.analysis import classify
from feedback_loop.analysis.cluster import METHOD, clusters
from feedback_loop.analysis.cohorts import cohorts
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.embed import embeddings
from feedback_loop.analysis.hypotheses import TELEMETRY_DAYS, hypotheses
from feedback_loop.analysis.share_trigger import SEED_RULES, ShareRule
from feedback_loop.bronze.releases import releases
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import DUPLICATE_DAYS, TABLES, WINDOW_DAYS
from feedback_loop.methods.batches import apply_step
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.methods.grouping import Method
from feedback_loop.ports import Embedder
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.silver.fragments import INPUT_SCHEMA, fragments
from feedback_loop.silver.latest import latest_versions
from feedback_loop.silver.messages import INPUT_SCHEMA as MESSAGE_INPUT
from feedback_loop.silver.messages import messages

_MESSAGE, _FRAGMENT = (TABLES[name].schema for name in ("silver_message", "silver_fragment"))


def _empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=pl.Schema(TABLES[name].schema))


@dataclass(frozen=True)
class Context:
    """All statements about context that landed so far, whenever that was."""

    bronze_release: pl.DataFrame = field(default_factory=lambda: _empty("bronze_release"))
    changes: pl.DataFrame = field(default_factory=lambda: _empty("context_change"))
    incidents: pl.DataFrame = field(default_factory=lambda: _empty("context_incident"))
    telemetry: pl.DataFrame = field(default_factory=lambda: _empty("context_telemetry"))

    def known_at(self, as_of: datetime, day: date) -> Context:
        """What of it had landed by the instant; telemetry of the days that a hypothesis about the day can need."""
        near = pl.col("event_date").is_between(day - timedelta(days=TELEMETRY_DAYS), day)
        frames = (self.bronze_release, self.changes, self.incidents, self.telemetry.filter(near))
        return Context(*(frame.filter(pl.col("landed_at") <= as_of) for frame in frames))


@dataclass(frozen=True)
class Findings:
    """What the analysis says of one day at one instant, and the rows that it looked at."""

    day: date
    as_of: datetime
    messages: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame
    clusters: pl.DataFrame
    alerts: pl.DataFrame
    cohorts: pl.DataFrame
    hypotheses: pl.DataFrame


def _filed_as(said: pl.DataFrame, of_texts: pl.DataFrame) -> pl.DataFrame:
    """The rows about what was said, under the day of the version that counts; versions with the same words share one row."""
    days = said.select("fragment_id", "event_date")
    return of_texts.drop("event_date").join(days, on="fragment_id", maintain_order="left").select(of_texts.columns)


@dataclass
class Analysed:
    """The records of one past, with what depends on each alone; what was computed for one past is kept for the next."""

    embedder: Embedder
    classifier: classify.FragmentClassifier
    cleaner: Cleaner = field(default_factory=Cleaner)
    rules: Sequence[ShareRule] = SEED_RULES
    method: Method = METHOD
    records: pl.DataFrame = field(default_factory=lambda: _empty("bronze_feedback_record"))
    messages: pl.DataFrame = field(default_factory=lambda: _empty("silver_message"))
    fragments: pl.DataFrame = field(default_factory=lambda: _empty("silver_fragment"))
    embeddings: pl.DataFrame = field(default_factory=lambda: _empty("analysis_embedding"))
    classifications: pl.DataFrame = field(default_factory=lambda: _empty("analysis_classification"))

    def take(self, records: pl.DataFrame) -> None:
        """From now on the past holds these rows of bronze_feedback_record and no others; versions known already cost nothing."""
        self.records = records
        fresh = records.join(self.messages, on="record_version_id", how="anti").sort("record_id")
        if fresh.is_empty():
            return
        spoken = fresh.with_columns(removed_spans=pl.lit(None, pl.Schema(_MESSAGE)["removed_spans"]))
        told = apply_step(partial(messages, cleaner=self.cleaner), spoken, MESSAGE_INPUT, _MESSAGE)
        cut = apply_step(fragments, told, INPUT_SCHEMA, _FRAGMENT)
        vectors = embeddings(cut, self.embedder)
        texts = cut.join(vectors.select("fragment_id", "vector"), on="fragment_id", maintain_order="left")
        step = partial(classify.classify, classifier=self.classifier)
        self.messages = pl.concat([self.messages, told])
        self.fragments = pl.concat([self.fragments, cut])
        self.embeddings = pl.concat([self.embeddings, vectors]).unique("fragment_id", keep="first", maintain_order=True)
        classes = apply_step(step, texts, classify.INPUT_SCHEMA, classify.OUTPUT_SCHEMA)
        self.classifications = pl.concat([self.classifications, classes]).unique("fragment_id", keep="first", maintain_order=True)

    def findings(self, day: date, as_of: datetime, context: Context) -> Findings:
        """What the analysis says of the day at the instant."""
        window, of_day = DayRange(day, day).widened(before=WINDOW_DAYS - 1), DayRange(day, day)
        known = self.records.filter(pl.col("landed_at") <= as_of)
        # When a version landed is of this past; that it was read in another changes nothing else.
        current = latest_versions(known).select("record_version_id", "landed_at")
        read = window.widened(before=DUPLICATE_DAYS - 1)
        told, said = (
            frame.filter(pl.col("event_date").is_between(read.first, read.last))
            .drop("landed_at")
            .join(current, on="record_version_id", maintain_order="left")
            .select(frame.columns)
            for frame in (self.messages, self.fragments)
        )
        within = pl.col("event_date").is_between(window.first, window.last)
        told, said = told.filter(within), deduplicate(said).filter(within)
        vectors, classes = (_filed_as(said, frame) for frame in (self.embeddings, self.classifications))
        then = context.known_at(as_of, day)
        released = releases(then.bronze_release, known.select("product", "product_version", "occurred_at", "landed_at"))
        found = clusters(said, classes, vectors, of_day, self.method)
        raised = alerts(said, told, classes, found, released, of_day, self.rules, then.changes)
        segments = cohorts(raised, told, said, classes, found, of_day)
        context_of = (then.changes, then.incidents, then.telemetry, vectors)
        causes = hypotheses(raised, segments, told, said, classes, found, *context_of, self.embedder, of_day)
        return Findings(day, as_of, told, said, classes, found, raised, segments, causes)
