"""Statements that spoil marts which are right, so that the hand-written data tests of the dbt project can be seen to fail."""

from __future__ import annotations

SPOIL = {
    "an_alert_that_speaks_of_an_issue_was_assigned_to_one": ("delete from mart_lifecycle_event where lifecycle_stage = 'issue_assigned'"),
    "a_fragment_belongs_to_at_most_one_issue": (
        "insert into int_issue_fragment select event_date, 'another', fragment_id from int_issue_fragment limit 1"
    ),
    "alerts_and_issues_name_each_other": (
        "update mart_alert set complaint_issue_id = 'another' where subject_kind = 'cluster' and event_date = '2024-01-09'"
    ),
    "a_metric_has_a_value_or_names_what_is_missing": "update mart_metric set missing_inputs = []",
    "a_return_has_a_figure_or_names_what_is_missing": "update mart_roi set missing_inputs = []",
    "complaints_equal_the_issue_daily_counts": "update mart_issue_daily set fragment_count = 99 where event_date = '2024-01-09'",
    "each_issue_day_is_a_day_of_gold": "delete from mart_issue_day where event_date = '2024-01-09' and issue_id = 'i_crash'",
    "every_alerted_issue_is_in_the_ledger": "delete from mart_issue where issue_id = 'i_crash'",
    "every_complaint_issue_is_in_the_ledger": "delete from mart_issue where issue_id = 'i_crash'",
    "every_hypothesis_is_a_cause_and_ranks_count_up_from_one": "delete from mart_cause where hypothesis_rank = 1",
    "every_judged_effect_is_in_its_mart_within_its_interval": "update mart_effect set effect_high = 1.0",
    "every_open_issue_has_the_urgency_and_an_owner_of_its_fragments": "delete from mart_triage where issue_id = 'i_crash'",
    "every_proposal_is_a_remediation": "delete from mart_remediation where executed_at is null",
    "every_fragment_of_a_classified_day_is_a_complaint": (
        "delete from mart_complaint where fragment_id = (select max(fragment_id) from mart_complaint)"
    ),
    "feedback_daily_counts_every_message": "update mart_feedback_daily set negative_count = 99 where event_date = '2024-01-09'",
    "fixes_are_counted_alike_by_their_life_and_by_their_metric": (
        "delete from mart_lifecycle_event where lifecycle_event_id = (select max(lifecycle_event_id) from mart_lifecycle_event"
        " where lifecycle_stage = 'executed')"
    ),
    "issue_daily_counts_every_fragment_of_gold": "delete from mart_issue_daily where event_date = '2024-01-09'",
    "ledger_totals_equal_the_daily_ones": "update mart_issue set peak_fragment_count = peak_fragment_count - 1 where issue_id = 'i_crash'",
    "no_duplicate_belongs_to_an_issue": "update mart_complaint set complaint_issue_id = 'i_crash' where duplicate_of is not null",
    "nothing_was_executed_that_was_not_let_through": "update mart_remediation set approvals_given_count = 1",
    "rated_and_negative_are_parts_of_the_messages": "update mart_feedback_daily set rated_count = message_count + 1",
    "the_five_latencies_add_up": "update mart_stage_latency set elapsed_minutes = elapsed_minutes + 1 where latency_stage = 'intake'",
    "int_day_key_is_unique": "insert into int_day select * from int_day limit 1",
    "the_ledger_shows_the_latest_status": "update mart_issue set issue_status = 'resolved'",
    "the_ledger_says_what_the_issue_days_say": "update mart_issue set trend = 'falling', customer_count = null where issue_id = 'i_crash'",
}
"""What makes each hand-written test fail; the generated ones are spoilt by rule."""

OF_ONE_DAY = "where event_date = '2024-01-09' and issue_id = 'i_crash'"
OF_THE_LATEST_DAY = "where event_date = (select max(event_date) from mart_issue_day) and issue_id = 'i_crash'"

FURTHER = [
    ("each_issue_day_is_a_day_of_gold", f"update mart_issue_day set issue_id = 'another' {OF_ONE_DAY}"),
    ("each_issue_day_is_a_day_of_gold", f"update mart_issue_day set fragment_count = 99 {OF_ONE_DAY}"),
    ("each_issue_day_is_a_day_of_gold", f"update mart_issue_day set window_fragment_count = 99 {OF_ONE_DAY}"),
    ("each_issue_day_is_a_day_of_gold", f"update mart_issue_day set trend = 'falling' {OF_ONE_DAY}"),
    ("the_ledger_says_what_the_issue_days_say", "delete from mart_issue_day where issue_id = 'i_crash'"),
    ("the_ledger_says_what_the_issue_days_say", "delete from mart_issue where issue_id = 'i_crash'"),
    ("the_ledger_says_what_the_issue_days_say", f"update mart_issue_day set fragment_count = fragment_count + 1 {OF_ONE_DAY}"),
    ("the_ledger_says_what_the_issue_days_say", "update mart_issue set peak_fragment_count = 99"),
    ("the_ledger_says_what_the_issue_days_say", "update mart_issue set first_seen_at = first_seen_at + interval 1 second"),
    ("the_ledger_says_what_the_issue_days_say", f"update mart_issue_day set last_seen_at = '2030-01-01' {OF_ONE_DAY}"),
    ("the_ledger_says_what_the_issue_days_say", f"update mart_issue_day set issue_label = 'other words' {OF_THE_LATEST_DAY}"),
    ("the_ledger_says_what_the_issue_days_say", f"update mart_issue_day set trend = 'new' {OF_THE_LATEST_DAY}"),
    ("the_ledger_says_what_the_issue_days_say", f"update mart_issue_day set customer_count = 99 {OF_THE_LATEST_DAY}"),
    ("ledger_totals_equal_the_daily_ones", "update mart_issue set first_seen_at = '2024-01-31'"),
    ("ledger_totals_equal_the_daily_ones", "update mart_issue set last_seen_at = '2024-01-31'"),
    ("the_ledger_shows_the_latest_status", "update mart_issue set issue_status = null"),
    ("the_ledger_shows_the_latest_status", "update mart_issue set issue_id = 'another' where issue_id = 'i_crash'"),
    (
        "every_hypothesis_is_a_cause_and_ranks_count_up_from_one",
        "delete from mart_cause where alert_id = (select min(alert_id) from mart_cause)",
    ),
    ("every_hypothesis_is_a_cause_and_ranks_count_up_from_one", "update mart_cause set hypothesis_rank = 9 where hypothesis_rank = 3"),
    (
        "every_open_issue_has_the_urgency_and_an_owner_of_its_fragments",
        "update mart_triage set issue_id = 'x' where issue_id = 'i_crash'",
    ),
    ("every_open_issue_has_the_urgency_and_an_owner_of_its_fragments", "update mart_issue set issue_status = 'resolved'"),
    ("every_open_issue_has_the_urgency_and_an_owner_of_its_fragments", "update mart_triage set owner = 'team-praise'"),
    ("every_open_issue_has_the_urgency_and_an_owner_of_its_fragments", "update mart_triage set urgency = 'urgent'"),
    ("every_open_issue_has_the_urgency_and_an_owner_of_its_fragments", "update mart_triage set urgent_fragment_count = 99"),
    ("every_open_issue_has_the_urgency_and_an_owner_of_its_fragments", "update mart_triage set high_fragment_count = 1"),
    ("every_proposal_is_a_remediation", "update mart_remediation set told_customer_count = told_customer_count + 1"),
    ("nothing_was_executed_that_was_not_let_through", "update mart_remediation set is_executable = false"),
    ("nothing_was_executed_that_was_not_let_through", "update mart_remediation set proposal_status = 'refused'"),
    ("nothing_was_executed_that_was_not_let_through", "update mart_remediation set decided_at = null"),
    ("nothing_was_executed_that_was_not_let_through", "update mart_remediation set decided_at = executed_at + interval 1 second"),
    ("every_judged_effect_is_in_its_mart_within_its_interval", "delete from mart_effect"),
    ("every_judged_effect_is_in_its_mart_within_its_interval", "update mart_effect set effect_id = effect_id || '-other'"),
    ("every_judged_effect_is_in_its_mart_within_its_interval", "update mart_effect set effect_ratio = 0.05"),
    ("every_judged_effect_is_in_its_mart_within_its_interval", "update mart_effect set effect_ratio = 0.5"),
    ("every_judged_effect_is_in_its_mart_within_its_interval", "update mart_effect set effect_verdict = 'fixed'"),
    ("a_metric_has_a_value_or_names_what_is_missing", "update mart_metric set metric_value = 1.5 where metric_name = 'reopened'"),
    ("a_metric_has_a_value_or_names_what_is_missing", "update mart_metric set metric_denominator = 0.0"),
    ("a_metric_has_a_value_or_names_what_is_missing", "update mart_metric set missing_inputs = ['one']"),
    ("fixes_are_counted_alike_by_their_life_and_by_their_metric", "delete from mart_metric"),
    ("the_five_latencies_add_up", "update mart_stage_latency set stage_ended_at = stage_ended_at + interval 1 hour"),
    ("a_return_has_a_figure_or_names_what_is_missing", "update mart_roi set missing_inputs = ['one']"),
    ("a_return_has_a_figure_or_names_what_is_missing", "update mart_roi set roi_quantity = null"),
    ("a_return_has_a_figure_or_names_what_is_missing", "update mart_roi set amount_low_usd = amount_usd + 1"),
    ("a_return_has_a_figure_or_names_what_is_missing", "update mart_roi set amount_high_usd = amount_usd - 1"),
    ("a_return_has_a_figure_or_names_what_is_missing", "update mart_roi set amount_usd = 1.0 where roi_quantity is null"),
]
"""Further ways in which each of them has to fail: one per column or side that it compares."""
