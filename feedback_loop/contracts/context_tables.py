"""The tables of context: changes, incidents, telemetry, customers, business events, documents, and what of them each fragment is linked to.

A statement is never changed: a later one about the same thing is another row, and the latest that had landed by a time is what was known
then. Telemetry and logs land as they are, without a copy in bronze: they are figures of machines, typed, and many.
"""

from __future__ import annotations

from feedback_loop.contracts.table_types import Table

BRONZE_CONTEXT_TABLES = [
    Table(
        "bronze_context_statement",
        "one statement about context, as it landed",
        ("statement_id",),
        (
            "statement_id", "context_kind", "source", "statement", "raw_payload", "source_file", "source_row_number",
            "retried_quarantine_id", "landed_at", "landed_date",
        ),
        "landed_date",
    ),
]  # fmt: skip

CONTEXT_TABLES = [
    Table(
        "context_change",
        "one statement about one deployment, flag, configuration, campaign, job or content change",
        ("statement_id",),
        (
            "statement_id", "change_id", "change_kind", "product", "service", "started_at", "ended_at", "scope", "change_description",
            "product_version", "landed_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "context_incident",
        "one statement about one incident of the company or of a provider",
        ("statement_id",),
        (
            "statement_id", "incident_id", "product", "service", "provider", "known_severity", "started_at", "ended_at", "scope",
            "incident_summary", "landed_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "context_telemetry",
        "one minute of one service by version and region",
        ("product", "measured_service", "measured_version", "measured_region", "minute_at"),
        (
            "product", "measured_service", "measured_version", "measured_region", "minute_at", "request_count", "error_count",
            "latency_p95_ms", "retried_quarantine_id", "landed_at", "event_date",
        ),
        "event_date",
        has_day_in_key=True,
    ),
    Table(
        "context_log",
        "one error string of one service in one minute by version and region",
        ("product", "measured_service", "measured_version", "measured_region", "minute_at", "error_text"),
        (
            "product", "measured_service", "measured_version", "measured_region", "minute_at", "error_text", "line_count",
            "retried_quarantine_id", "landed_at", "event_date",
        ),
        "event_date",
        has_day_in_key=True,
    ),
    Table(
        "context_customer",
        "one statement about one customer",
        ("statement_id",),
        (
            "statement_id", "known_customer_id", "account_id", "product", "tier", "segment", "region", "locale", "consent",
            "monthly_revenue_usd", "renews_at", "landed_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "context_business_event",
        "one order, refund, renewal, cancellation or handled case",
        ("statement_id",),
        (
            "statement_id", "business_event_id", "business_event_kind", "product", "customer_id", "amount_usd", "handling_minutes",
            "occurred_at", "landed_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "context_document",
        "one version of one governed document",
        ("statement_id",),
        (
            "statement_id", "document_id", "document_kind", "document_title", "document_text", "document_version", "product", "owner",
            "started_at", "valid_until_at", "audience_roles", "document_status", "supersedes_document_id", "landed_at", "event_date",
        ),
        "event_date",
    ),
]  # fmt: skip

LINK_TABLES = [
    Table(
        "silver_context_link",
        "one release, change, incident or error that was known when a fragment landed and that may concern it",
        ("fragment_id", "link_kind", "link_id"),
        ("fragment_id", "link_kind", "link_id", "matched_on", "minutes_since_start", "event_date"),
        "event_date",
        lookback_days=7,
    ),
]
