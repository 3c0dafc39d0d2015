"""The marts: the tables that dbt writes and that readers use. Each names the question that a user would ask of it."""

from __future__ import annotations

from feedback_loop.contracts.table_types import Table
from feedback_loop.contracts.vocab import Owner

MART_TABLES = [
    Table(
        "mart_issue",
        "one issue over all days: the ledger",
        ("issue_id",),
        (
            "issue_id", "product", "issue_class", "issue_label", "is_catch_all", "trend", "total_fragment_count", "customer_count",
            "first_seen_at", "last_seen_at", "peak_date", "peak_fragment_count", "alert_count", "issue_status", "occurrence_count",
            "reopened_date", "priority", "priority_score", "priority_reasons", "touched_arr_usd", "touched_tiers", "cost_of_delay_usd",
            "product_versions", "quotes",
        ),
        None,
        Owner.DBT,
        question="Which issues cost us most, and are they growing?",
    ),
    Table(
        "mart_issue_event",
        "one thing that happened to one issue on one day",
        ("issue_event_id",),
        (
            "event_date", "issue_event_id", "issue_event_kind", "issue_id", "product", "issue_label", "other_issue_id",
            "moved_fragment_count", "moved_share", "occurrence_count",
        ),
        None,
        Owner.DBT,
        question="What became of an issue: was it split, merged, or is it back?",
    ),
    Table(
        "mart_issue_day",
        "one issue on one day, as gold saw it at the end of that day",
        ("event_date", "issue_id"),
        (
            "event_date", "issue_id", "product", "issue_class", "issue_label", "is_catch_all", "trend", "fragment_count",
            "window_fragment_count", "customer_count", "first_seen_at", "last_seen_at", "product_versions", "quotes", "continuity_share",
            "priority", "priority_reasons", "cost_of_delay_usd", "wording_summary", "wording_hypothesis", "wording_version",
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
            "observed_count", "exposure_count", "expected_count", "rate_ratio", "p_value", "alert_score", "raised_at", "window_minutes",
            "story_id", "is_continuation", "is_story_head", "story_observed_count", "candidates",
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
            "rating", "masked_text", "complaint_class", "best_class", "taxonomy_class", "class_score", "is_abstained", "route",
            "route_reason", "duplicate_of", "complaint_issue_id",
        ),
        None,
        Owner.DBT,
        question="What did the customers of an issue say, word for word?",
    ),
    Table(
        "mart_triage",
        "one issue that is not resolved, with its urgency and its owner",
        ("issue_id",),
        (
            "issue_id", "product", "issue_class", "issue_label", "issue_status", "urgency", "urgent_fragment_count", "high_fragment_count",
            "recent_fragment_count", "owner", "owner_rule", "last_seen_at",
        ),
        None,
        Owner.DBT,
        question="What is urgent now, and whose is it?",
    ),
    Table(
        "mart_cause",
        "one candidate cause of one alert, beside the segment that stands out",
        ("hypothesis_id",),
        (
            "hypothesis_id", "alert_id", "event_date", "product", "alert_kind", "alerted_class", "raised_at", "complaint_issue_id",
            "hypothesis_rank", "cause_kind", "cause_id", "cause_step_ids", "cause_service", "cause_scope", "cause_started_at",
            "onset_at", "hypothesis_score", "hypothesis_verdict", "evidence_for", "evidence_against", "alerted_cohort",
        ),
        None,
        Owner.DBT,
        question="What caused it, for whom, since when, and what speaks against it?",
    ),
    Table(
        "mart_remediation",
        "one proposal with its approvals, its action and the customers who were told",
        ("proposal_id",),
        (
            "proposal_id", "alert_id", "product", "proposed_issue_id", "proposed_issue_label", "proposed_hypothesis_id", "playbook_id",
            "action_kind", "action_target", "risk_level", "confidence_score", "approvals_required_count", "approvals_given_count",
            "proposal_status", "refusal_reason", "is_executable", "is_dry_run", "requested_by", "proposed_at", "decided_at",
            "outbox_status", "receipt_id", "executed_at", "told_customer_count",
        ),
        None,
        Owner.DBT,
        question="What was proposed, who let it happen, and was it carried out?",
    ),
    Table(
        "mart_effect",
        "one judged fix",
        ("effect_id",),
        (
            "effect_id", "proposal_id", "action_id", "alert_id", "product", "playbook_id", "action_kind", "action_target", "executed_at",
            "treated_scope", "treated_before_count", "treated_after_count", "control_before_count", "control_after_count",
            "effect_ratio", "effect_low", "effect_high", "effect_verdict", "measured_at", "effect_version",
        ),
        None,
        Owner.DBT,
        question="Did the fix work, and how sure is that?",
    ),
    Table(
        "mart_sla_stage",
        "one promised stage of the clock of one story of alerts",
        ("sla_stage_id",),
        (
            "sla_stage_id", "sla_clock_id", "alerted_id", "event_date", "product", "promised_stage", "sla_verdict", "urgency_applied",
            "class_applied", "tier_applied", "sla_rule_applied", "calendar_applied", "target_minutes", "worked_minutes",
            "clock_started_at", "at_risk_at", "due_at", "done_at", "measured_at",
        ),
        None,
        Owner.DBT,
        question="What was promised to whom, and was it kept?",
    ),
    Table(
        "mart_roi",
        "one component of the return on one judged fix",
        ("roi_id",),
        (
            "roi_id", "product", "roi_component", "roi_quantity", "roi_unit", "amount_usd", "amount_low_usd", "amount_high_usd",
            "missing_inputs", "period_started_at", "period_ended_at",
        ),
        None,
        Owner.DBT,
        question="What was it worth, and what is not known?",
    ),
]  # fmt: skip
