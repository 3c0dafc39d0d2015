"""Every table, described once: grain, key, columns, partition column, owner, and how far a day of it looks back.

Here: the tables from bronze to analysis, and all of them by name. Context, issues, the closed loop and the marts stand in
`context_tables.py`, `issue_tables.py`, `loop_tables.py` and `mart_tables.py`. The partition column stands last, as Delta and Hive
expect it.
"""

from __future__ import annotations

from feedback_loop.contracts.context_tables import BRONZE_CONTEXT_TABLES, CONTEXT_TABLES, LINK_TABLES
from feedback_loop.contracts.issue_tables import ISSUE_TABLES
from feedback_loop.contracts.loop_tables import CAUSE_TABLES, LOOP_TABLES
from feedback_loop.contracts.mart_tables import MART_TABLES
from feedback_loop.contracts.table_types import (
    BOILERPLATE_DAYS,
    CANDIDATE_DAYS,
    DIMENSIONS,
    DUPLICATE_DAYS,
    SEASON_DAYS,
    WINDOW_DAYS,
    Table,
)
from feedback_loop.contracts.vocab import Owner

__all__ = [
    "BOILERPLATE_DAYS", "CANDIDATE_DAYS", "DIMENSIONS", "DUPLICATE_DAYS", "SEASON_DAYS", "TABLES", "WINDOW_DAYS", "Table",
    "dbt_sources", "marts", "python_tables",
]  # fmt: skip

_MESSAGE = BOILERPLATE_DAYS - 1
_FRAGMENT = _MESSAGE + DUPLICATE_DAYS - 1
_WINDOW = _FRAGMENT + WINDOW_DAYS - 1

_PIPELINE_TABLES = [
    Table(
        "bronze_feedback_record",
        "one version of one record, as it landed",
        ("record_version_id",),
        (
            "record_version_id", "record_id", "source_record_id", *DIMENSIONS, "declared_language", "customer_name", "customer_email",
            "customer_address", "thread_id", "in_reply_to", "text", "context_text", "raw_payload",
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
            "removed_spans", "units", "cleaner_version", "event_date",
        ),
        "event_date",
        lookback_days=_MESSAGE,
    ),
    Table(
        "silver_fragment",
        "one complaint unit of one record",
        ("fragment_id",),
        (
            "fragment_id", "record_id", "record_version_id", "fragment_index", "raw_start", "raw_end", "masked_text", "alignment",
            "text_hash", "fingerprint", "duplicate_of", "duplicate_kind", "language", "language_confidence", *DIMENSIONS, "event_date",
        ),
        "event_date",
        lookback_days=_FRAGMENT,
    ),
    Table(
        "analysis_embedding",
        "the vector of one fragment",
        ("fragment_id",),
        ("fragment_id", "text_hash", "embedding_model_version", "vector", "event_date"),
        "event_date",
        lookback_days=_MESSAGE,
    ),
    Table(
        "analysis_classification",
        "the class of one fragment",
        ("fragment_id",),
        (
            "fragment_id", "complaint_class", "best_class", "class_score", "runner_up_class", "runner_up_score", "is_abstained",
            "abstention_reason", "threshold_applied", "classifier_version", "taxonomy_version", "taxonomy_class", "event_date",
        ),
        "event_date",
        lookback_days=_MESSAGE,
    ),
    Table(
        "analysis_triage",
        "the urgency and the owner of one fragment",
        ("fragment_id",),
        (
            "fragment_id", "urgency", "urgency_reasons", "owner", "owner_rule", "triage_version", "ownership_version", "event_date",
        ),
        "event_date",
        lookback_days=_MESSAGE,
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
        lookback_days=_MESSAGE,
    ),
    Table(
        "analysis_route",
        "the route of one fragment: who decides about it, and why",
        ("fragment_id",),
        ("fragment_id", "route", "route_reason", "gate_score_applied", "strong_indicator_count", "event_date"),
        "event_date",
        lookback_days=_MESSAGE,
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
        lookback_days=_WINDOW,
    ),
    Table(
        "analysis_alert",
        "one alert about one subject on one day",
        ("alert_id",),
        (
            "alert_id", "alert_kind", "subject_kind", "subject_id", "product", "alerted_cluster_id", "alerted_class", "observed_count",
            "exposure_count", "expected_count", "rate_ratio", "p_value", "alert_score", "raised_at", "window_minutes",
            "sample_fragment_ids", "candidates", "story_id", "is_continuation", "is_story_head", "story_observed_count",
            "alerted_change_id", "alert_rule_id", "detector_version", "event_date",
        ),
        "event_date",
        lookback_days=_WINDOW,
    ),
    Table(
        "analysis_forecast",
        "one peak of complaints that is to be expected, as foretold at the end of one day, or why none is",
        ("forecast_id",),
        (
            "forecast_id", "product", "season_kind", "forecast_class", "expected_peak_at", "peak_minutes", "expected_count", "lowest_count",
            "highest_count", "peak_ratio", "repetition_count", "p_value", "forecast_reason", "forecast_version", "event_date",
        ),
        "event_date",
        lookback_days=_FRAGMENT + SEASON_DAYS - 1,
    ),
]  # fmt: skip

_ALL = [
    *BRONZE_CONTEXT_TABLES, *CONTEXT_TABLES, *_PIPELINE_TABLES, *ISSUE_TABLES, *LINK_TABLES, *CAUSE_TABLES, *LOOP_TABLES, *MART_TABLES,
]  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}


def python_tables() -> tuple[Table, ...]:
    """The tables that Python writes, upstream first."""
    return tuple(t for t in TABLES.values() if t.owner is Owner.PYTHON)


def dbt_sources() -> tuple[Table, ...]:
    """The tables that dbt's models may read: every Python table that is filed under the day of the event, so none of bronze."""
    return tuple(t for t in python_tables() if t.partition == "event_date")


def marts() -> tuple[Table, ...]:
    """The tables that dbt writes for readers."""
    return tuple(t for t in TABLES.values() if t.owner is Owner.DBT)
