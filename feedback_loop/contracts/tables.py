"""Every table, described once: grain, key, columns, partition column, owner, and how far a day of it looks back.

`lookback_days` is the number of days before its own that a day of the table reads from its inputs: a row that lands late touches its own
day and the next `lookback_days`. None means that each day reads the whole history, so a late row touches all days from its own on.
The partition column stands last, as Delta and Hive expect it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from feedback_loop.contracts.fields import FIELDS, Field
from feedback_loop.contracts.vocab import Owner

WINDOW_DAYS = 28
"""Length of the window over which clusters are formed and rates compared, the day itself included."""

DUPLICATE_DAYS = 7
"""Length of the window in which a customer's repetition counts as a duplicate, the day itself included."""

CANDIDATE_DAYS = 7
"""A release this many days before an alert, or fewer, is a candidate."""


@dataclass(frozen=True)
class Table:
    """One table; `question` is what a user would ask of it (marts only)."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    partition: str | None
    owner: Owner = Owner.PYTHON
    lookback_days: int | None = 0
    question: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns in their order."""
        return tuple(FIELDS[name] for name in self.columns)

    @property
    def schema(self) -> pa.Schema:
        """The arrow schema to which every frame is cast before it is written."""
        return pa.schema([pa.field(f.name, f.dtype, nullable=f.is_nullable) for f in self.fields])


DIMENSIONS = (
    "source", "channel", "customer_id", "product", "sku", "product_area", "locale", "segment", "tier", "region",
    "product_version", "device", "os", "severity", "rating", "occurred_at", "landed_at",
)  # fmt: skip
"""What the source says of a record beside its text; carried from bronze to silver unchanged."""

_PYTHON_TABLES = [
    Table(
        "bronze_feedback_record",
        "one version of one record, as it landed",
        ("record_version_id",),
        (
            "record_version_id", "record_id", "source_record_id", *DIMENSIONS, "declared_language", "text", "context_text", "raw_payload",
            "source_file", "source_row_number", "retried_quarantine_id", "event_date", "landed_date",
        ),
        "landed_date",
    ),
    Table(
        "bronze_quarantine",
        "one row that could not be landed",
        ("quarantine_id",),
        (
            "quarantine_id", "source", "source_file", "source_row_number", "quarantine_reason", "quarantine_detail", "raw_bytes",
            "reader_options", "landed_at", "landed_date",
        ),
        "landed_date",
    ),
    Table(
        "bronze_release",
        "one statement of a release feed",
        ("release_id",),
        (
            "release_id", "product", "release_version", "released_at", "release_notes", "raw_payload", "source_file", "source_row_number",
            "retried_quarantine_id", "landed_at", "landed_date",
        ),
        "landed_date",
    ),
    Table(
        "context_release",
        "one version of one product, as fed or inferred",
        ("product", "release_version"),
        ("product", "release_version", "released_at", "is_inferred", "release_notes", "landed_at", "event_date"),
        "event_date",
    ),
    Table(
        "silver_message",
        "the latest version of one record",
        ("record_id",),
        (
            "record_id", "record_version_id", *DIMENSIONS, "declared_language", "language", "language_confidence", "masked_message",
            "removed_spans", "event_date",
        ),
        "event_date",
    ),
    Table(
        "silver_fragment",
        "one complaint unit of one record",
        ("fragment_id",),
        (
            "fragment_id", "record_id", "record_version_id", "fragment_index", "raw_start", "raw_end", "masked_text", "alignment",
            "text_hash", "fingerprint", "duplicate_of", "language", "language_confidence", *DIMENSIONS, "event_date",
        ),
        "event_date",
        lookback_days=DUPLICATE_DAYS - 1,
    ),
    Table(
        "analysis_embedding",
        "the vector of one fragment",
        ("fragment_id",),
        ("fragment_id", "text_hash", "embedding_model_version", "vector", "event_date"),
        "event_date",
    ),
    Table(
        "analysis_classification",
        "the class of one fragment",
        ("fragment_id",),
        (
            "fragment_id", "complaint_class", "best_class", "class_score", "runner_up_class", "runner_up_score", "is_abstained",
            "abstention_reason", "threshold_applied", "classifier_version", "taxonomy_version", "event_date",
        ),
        "event_date",
    ),
    Table(
        "analysis_evidence",
        "one span of one fragment that tells something",
        ("evidence_id",),
        (
            "evidence_id", "fragment_id", "evidence_kind", "evidence_text", "masked_start", "masked_end", "raw_start", "raw_end",
            "extractor_version", "event_date",
        ),
        "event_date",
    ),
    Table(
        "analysis_cluster",
        "one symptom cluster of one product, as seen at the end of one day",
        ("cluster_id",),
        (
            "cluster_id", "product", "best_class", "cluster_label", "is_catch_all", "member_fragment_ids", "day_fragment_ids", "centroid",
            "member_count", "embedding_model_version", "clusterer_version", "event_date",
        ),
        "event_date",
        lookback_days=WINDOW_DAYS - 1 + DUPLICATE_DAYS - 1,
    ),
    Table(
        "analysis_alert",
        "one alert about one subject on one day",
        ("alert_id",),
        (
            "alert_id", "alert_kind", "subject_kind", "subject_id", "product", "alerted_cluster_id", "alerted_class", "observed_count",
            "exposure_count", "expected_count", "rate_ratio", "p_value", "alert_score", "sample_fragment_ids", "candidates",
            "detector_version", "event_date",
        ),
        "event_date",
        lookback_days=WINDOW_DAYS - 1 + DUPLICATE_DAYS - 1,
    ),
    Table(
        "gold_issue",
        "one issue on one day",
        ("event_date", "issue_id"),
        (
            "issue_id", "product", "issue_class", "issue_label", "cluster_id", "is_catch_all", "fragment_count", "window_fragment_count",
            "customer_count", "first_seen_at", "last_seen_at", "trend", "product_versions", "quote_fragment_ids", "quotes",
            "day_fragment_ids", "alert_ids", "continuity_share", "identity_version", "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
]  # fmt: skip

_MARTS = [
    Table(
        "mart_issue",
        "one issue over all days: the ledger",
        ("issue_id",),
        (
            "issue_id", "product", "issue_class", "issue_label", "is_catch_all", "trend", "total_fragment_count", "customer_count",
            "first_seen_at", "last_seen_at", "peak_date", "peak_fragment_count", "alert_count", "product_versions", "quotes",
        ),
        None,
        Owner.DBT,
        question="Which issues cost us most, and are they growing?",
    ),
    Table(
        "mart_issue_day",
        "one issue on one day, as gold saw it at the end of that day",
        ("event_date", "issue_id"),
        (
            "event_date", "issue_id", "product", "issue_class", "issue_label", "is_catch_all", "trend", "fragment_count",
            "window_fragment_count", "customer_count", "first_seen_at", "last_seen_at", "product_versions", "quotes", "continuity_share",
        ),
        None,
        Owner.DBT,
        question="How did an issue stand on a given day?",
    ),
    Table(
        "mart_issue_daily",
        "one issue on one day by product, version, region, tier and class",
        ("event_date", "issue_id", "product", "product_version", "region", "tier", "complaint_class"),
        (
            "event_date", "issue_id", "issue_label", "product", "product_version", "region", "tier", "complaint_class", "fragment_count",
            "message_count",
        ),
        None,
        Owner.DBT,
        question="Since which release and in which region does an issue occur?",
    ),
    Table(
        "mart_feedback_daily",
        "all records of one day by product, channel, version, region and tier",
        ("event_date", "product", "channel", "product_version", "region", "tier"),
        ("event_date", "product", "channel", "product_version", "region", "tier", "message_count", "rated_count", "negative_count"),
        None,
        Owner.DBT,
        question="How many customers spoke on a day, and how many were unhappy?",
    ),
    Table(
        "mart_alert",
        "one alert with the issue that it is about",
        ("alert_id",),
        (
            "alert_id", "event_date", "alert_kind", "subject_kind", "subject_id", "product", "alerted_class", "complaint_issue_id",
            "observed_count", "exposure_count", "expected_count", "rate_ratio", "p_value", "alert_score", "candidates",
        ),
        None,
        Owner.DBT,
        question="What rose unusually, and which releases stand beside it?",
    ),
    Table(
        "mart_complaint",
        "one fragment with its class, its issue and its evidence in reach",
        ("fragment_id",),
        (
            "fragment_id", "record_id", "event_date", "product", "channel", "product_version", "region", "tier", "segment", "language",
            "rating", "masked_text", "complaint_class", "best_class", "class_score", "is_abstained", "duplicate_of", "complaint_issue_id",
        ),
        None,
        Owner.DBT,
        question="What did the customers of an issue say, word for word?",
    ),
]  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in [*_PYTHON_TABLES, *_MARTS]}


def python_tables() -> tuple[Table, ...]:
    """The tables that Python writes, upstream first."""
    return tuple(t for t in TABLES.values() if t.owner is Owner.PYTHON)


def dbt_sources() -> tuple[Table, ...]:
    """The tables that dbt's models may read: every Python table that is filed under the day of the event, so none of bronze."""
    return tuple(t for t in python_tables() if t.partition == "event_date")


def marts() -> tuple[Table, ...]:
    """The tables that dbt writes for readers."""
    return tuple(t for t in TABLES.values() if t.owner is Owner.DBT)
