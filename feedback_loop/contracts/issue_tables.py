"""The tables of issues: what identity knows at the end of a day, the issues themselves, what happened to them, and what they cost."""

from __future__ import annotations

from feedback_loop.contracts.table_types import Table

ISSUE_TABLES = [
    Table(
        "gold_issue_state",
        "one issue, or what may become one, as identity knows it at the end of one day",
        ("event_date", "issue_id"),
        (
            "issue_id", "product", "issue_class", "issue_label", "member_fragment_ids", "core_fragment_ids", "centroid",
            "embedding_model_version", "founded_date", "last_seen_date", "first_seen_at", "last_seen_at", "voted_classes", "class_votes",
            "voted_terms", "term_votes", "parent_issue_id", "apart_days", "within_issue_id", "within_days", "resolved_date",
            "reopened_date", "occurrence_count", "identity_version", "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
    Table(
        "gold_issue",
        "one issue on one day",
        ("event_date", "issue_id"),
        (
            "issue_id", "product", "issue_class", "issue_label", "cluster_id", "held_cluster_ids", "is_catch_all", "fragment_count",
            "window_fragment_count", "customer_count", "first_seen_at", "last_seen_at", "trend", "occurrence_count", "reopened_date",
            "product_versions", "quote_fragment_ids", "quotes", "day_fragment_ids", "alert_ids", "continuity_share", "identity_version",
            "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
    Table(
        "gold_issue_event",
        "one thing that happened to one issue on one day",
        ("issue_event_id",),
        (
            "issue_event_id", "product", "issue_id", "issue_event_kind", "other_issue_id", "moved_fragment_count", "moved_share",
            "occurrence_count", "identity_version", "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
    Table(
        "gold_issue_impact",
        "one issue on one day: whom it touches, what waiting costs, and how soon it should be worked on",
        ("event_date", "issue_id"),
        (
            "issue_id", "product", "touched_customer_count", "touched_account_count", "touched_tiers", "touched_arr_usd",
            "arr_missing_reason", "cost_of_delay_usd", "cost_of_delay_reason", "cost_of_delay_formula", "priority", "priority_score",
            "priority_reasons", "impact_version", "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
    Table(
        "gold_issue_wording",
        "one issue with alerts on one day, as a language model words it",
        ("event_date", "issue_id"),
        (
            "issue_id", "product", "wording_summary", "wording_hypothesis", "wording_withheld_reason", "cut_sentence_count",
            "worded_fragment_ids", "worded_document_ids", "wording_version", "event_date",
        ),
        "event_date",
        lookback_days=None,
    ),
]  # fmt: skip
