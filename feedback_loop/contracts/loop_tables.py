"""The tables that close the loop: causes, what is proposed and done about them, and whether it helped.

What people and connectors decide is transactional and lives in the state store (SQL); `remediation_*` and `state_*` are its snapshots,
insert-only there and replaced whole here. Decisions read them as of a time, so that nothing looks ahead.
"""

from __future__ import annotations

from feedback_loop.contracts.table_types import BOILERPLATE_DAYS, DUPLICATE_DAYS, WINDOW_DAYS, Table

_LOOKBACK = WINDOW_DAYS - 1 + DUPLICATE_DAYS - 1 + BOILERPLATE_DAYS - 1

CAUSE_TABLES = [
    Table(
        "analysis_cohort",
        "one segment of customers that stands out in one alert",
        ("cohort_id",),
        (
            "cohort_id", "alert_id", "product", "cohort_attributes", "cohort_rank", "cohort_aliases", "observed_count",
            "cohort_exposure_count", "expected_count", "cohort_lift", "p_value", "cohort_confidence", "rise_verdict", "rise_confidence",
            "event_date",
        ),
        "event_date",
        lookback_days=_LOOKBACK,
    ),
    Table(
        "analysis_hypothesis",
        "one candidate cause of one alert, that no known one is the cause among them",
        ("hypothesis_id",),
        (
            "hypothesis_id", "alert_id", "product", "hypothesis_rank", "cause_kind", "cause_id", "cause_step_ids", "cause_service",
            "cause_scope", "cause_started_at", "onset_at", "hypothesis_score", "hypothesis_verdict", "evidence_for", "evidence_against",
            "deciding_observations", "hypothesis_version", "event_date",
        ),
        "event_date",
        lookback_days=_LOOKBACK,
    ),
]  # fmt: skip

LOOP_TABLES = [
    Table(
        "state_issue_status",
        "one change of one issue's status",
        ("status_id",),
        ("status_id", "issue_id", "issue_status", "changed_at", "changed_by", "event_date"),
        "event_date",
    ),
    Table(
        "state_label",
        "one label that a person gave one fragment",
        ("label_id",),
        (
            "label_id", "fragment_id", "labelled_class", "labelled_by", "labelled_at", "taxonomy_version", "label_kind", "label_why",
            "event_date",
        ),
        "event_date",
    ),
    Table(
        "state_hypothesis_label",
        "one label that a person gave one hypothesis: confirmed or rejected",
        ("label_id",),
        (
            "label_id", "hypothesis_id", "alert_id", "product", "cause_kind", "cause_id", "hypothesis_label", "hypothesis_score_applied",
            "hypothesis_version", "labelled_by", "labelled_at", "label_why", "event_date",
        ),
        "event_date",
    ),
    Table(
        "state_model",
        "one thing that happened to one version of the classifier",
        ("model_event_id",),
        (
            "model_event_id", "model_version", "model_event", "taxonomy_version", "embedding_model_version", "training_data_hash",
            "gold_label_count", "held_out_count", "held_out_right_count", "held_out_decided_count", "held_out_decided_right_count",
            "compared_version", "model_metrics", "model_event_why", "model_event_by", "model_event_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "state_gate",
        "one gate of one class under one version of the classifier, from a time on",
        ("gate_id",),
        (
            "gate_id", "classifier_version", "gate_class", "gate_verdict", "gate_scope", "gate_score", "target_precision_share",
            "delta_share", "gate_label_count", "gate_passed_count", "gate_right_count", "precision_low_share", "class_label_count",
            "class_passed_count", "class_right_count", "labels_needed_count", "gate_why", "gated_by", "gated_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "state_autonomy",
        "one word on how far one class, or everything, may go by itself",
        ("autonomy_id",),
        ("autonomy_id", "autonomy_scope", "autonomy_word", "autonomy_why", "changed_by", "changed_at", "event_date"),
        "event_date",
    ),
    Table(
        "state_callback",
        "one callback of a vendor that was about something of ours",
        ("callback_id",),
        ("callback_id", "callback_vendor", "callback_kind", "callback_outcome", "callback_about", "said_at", "heard_at", "event_date"),
        "event_date",
    ),
    Table(
        "state_threshold",
        "one threshold of one playbook from a time on",
        ("threshold_id",),
        ("threshold_id", "playbook_id", "threshold_score", "precision_share", "judged_count", "promoted_by", "effective_at", "event_date"),
        "event_date",
    ),
    Table(
        "state_model_call",
        "one call of a language model, with what it cost",
        ("call_id",),
        (
            "call_id", "model_run_id", "model_stage", "model_version", "prompt_version", "attempt_rank", "call_outcome",
            "input_token_count", "output_token_count", "cost_usd", "is_cost_assumed", "asked_at", "call_ended_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "remediation_proposal",
        "one proposed action and where it stands",
        ("proposal_id",),
        (
            "proposal_id", "alert_id", "product", "proposed_issue_id", "proposed_hypothesis_id", "playbook_id", "playbook_version",
            "policy_version", "action_kind", "action_target", "action_arguments", "arguments_hash", "evidence_hash", "risk_level",
            "confidence_score", "proposal_threshold_score", "approvals_required_count", "approvals_given_count", "proposal_status",
            "refusal_reason", "is_executable", "is_dry_run", "requested_by", "proposed_at", "decided_at", "expires_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "remediation_action",
        "one action in the outbox and where it stands",
        ("action_id",),
        (
            "action_id", "proposal_id", "idempotency_key", "connector", "action_kind", "action_target", "action_status", "receipt_id",
            "attempt_count", "is_dry_run", "queued_at", "executed_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "remediation_message",
        "one message to one customer about one proposal",
        ("message_draft_id",),
        (
            "message_draft_id", "proposal_id", "proposed_issue_id", "message_kind", "message_status", "recipient_customer_id", "language",
            "message_text", "wording_hash", "suppressed_reason", "receipt_id", "drafted_at", "sent_at", "confirmed_at", "confirmation_kind",
            "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_lifecycle_event",
        "one step in the life of one alert",
        ("lifecycle_event_id",),
        ("lifecycle_event_id", "alerted_id", "product", "lifecycle_proposal_id", "lifecycle_stage", "occurred_at", "event_date"),
        "event_date",
    ),
    Table(
        "outcomes_sla_event",
        "one of the five latencies of one alert",
        ("sla_event_id",),
        (
            "sla_event_id", "alerted_id", "product", "latency_stage", "stage_started_at", "stage_ended_at", "elapsed_minutes",
            "target_minutes", "sla_result", "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_sla_stage",
        "one promised stage of one SLA clock, as it stood with the last record",
        ("sla_stage_id",),
        (
            "sla_stage_id", "sla_clock_id", "alerted_id", "product", "promised_stage", "sla_verdict", "clock_started_at", "urgency_applied",
            "class_applied", "tier_applied", "sla_rule_applied", "calendar_applied", "target_minutes", "worked_minutes", "at_risk_at",
            "due_at", "done_at", "measured_at", "sla_policy_version", "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_metric",
        "one figure of one product in one week, which its Monday names",
        ("product", "metric_name", "event_date"),
        (
            "metric_id", "product", "metric_name", "metric_meaning", "metric_value", "metric_unit", "metric_numerator",
            "metric_denominator", "missing_inputs", "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_effect",
        "one judgement of one executed action",
        ("effect_id",),
        (
            "effect_id", "proposal_id", "action_id", "product", "treated_scope", "treated_before_count", "treated_after_count",
            "control_before_count", "control_after_count", "effect_ratio", "effect_low", "effect_high", "effect_verdict", "measured_at",
            "effect_version", "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_roi",
        "one component of the return on one judged fix",
        ("roi_id",),
        (
            "roi_id", "product", "roi_component", "roi_quantity", "roi_unit", "amount_usd", "amount_low_usd", "amount_high_usd",
            "missing_inputs", "period_started_at", "period_ended_at", "event_date",
        ),
        "event_date",
    ),
    Table(
        "outcomes_roi_comparison",
        "one figure of the comparison of days with the loop and days before it, of one product",
        ("comparison_id",),
        (
            "comparison_id", "product", "compared_figure", "compared_per", "season_ratio", "assumption_varied", "assumption_value",
            "expected_quantity", "measured_quantity", "roi_quantity", "quantity_low", "quantity_high", "roi_unit", "amount_usd",
            "amount_low_usd", "amount_high_usd", "missing_inputs", "before_from_date", "before_to_date", "loop_from_date", "loop_to_date",
            "event_date",
        ),
        "event_date",
    ),
]  # fmt: skip
