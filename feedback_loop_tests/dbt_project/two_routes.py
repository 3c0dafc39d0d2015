"""Each metric of the semantic layer beside SQL that reaches the same number by another mart, or where no other mart has it, by another way.

The columns of a statement have the names that MetricFlow gives its own. A metric without an entry here fails a test.
"""

from __future__ import annotations

from typing import NamedTuple

from feedback_loop_tests.benchmarks.metric_query import MetricQuestion


class Route(NamedTuple):
    """What is asked of the semantic layer, and the SQL over the marts that must give the same rows."""

    asked: MetricQuestion
    sql: str


def _asked(metrics: str, by: str) -> MetricQuestion:
    return MetricQuestion(tuple(metrics.split(",")), tuple(by.split(",")))


def _weekly(metric: str, name: str, entity: str) -> Route:
    """A share of a week against the figure of that name that the platform computed."""
    return Route(
        _asked(metric, f"metric_time__week,{entity}__product"),
        f"select event_date as metric_time__week, product as {entity}__product, metric_value as {metric} from mart_metric"
        f" where metric_name = '{name}' and metric_value is not null",
    )


def _median(metric: str, stage: str) -> Route:
    return Route(
        _asked(metric, "promise__tier_applied,promise__class_applied"),
        f"select tier_applied as promise__tier_applied, class_applied as promise__class_applied, median(worked_minutes) as {metric}"
        f" from mart_sla_stage where promised_stage = '{stage}' and done_at is not null group by all",
    )


_FIXES = """
with executed as (
    select lifecycle_proposal_id as proposal_id, min(occurred_at) as executed_at
    from mart_lifecycle_event where lifecycle_stage = 'executed' group by all
),
back as (select distinct lifecycle_proposal_id as proposal_id from mart_lifecycle_event where lifecycle_stage = 'reopened'),
judged as (select proposal_id, arg_max(effect_verdict, measured_at) as verdict from mart_effect group by all),
fixes as (
    select product as figure__product, approvals_required_count, coalesce(verdict = 'not_fixed', false) or is_back or is_undone as is_wrong,
        coalesce(verdict = 'fixed', false) and not is_undone as is_helped, is_back
    from (
        select remediation.*, verdict, proposal_status = 'rolled_back' as is_undone, back.proposal_id is not null as is_back
        from mart_remediation as remediation
        inner join executed using (proposal_id)
        left join judged using (proposal_id)
        left join back using (proposal_id)
    )
)
"""

ROUTES: dict[str, Route] = {
    "complaints by every dimension equal the daily counts of issues": Route(
        _asked(
            "complaint_count",
            "metric_time__day,fragment__product,fragment__product_version,fragment__region,fragment__tier,fragment__complaint_class",
        ),
        "select event_date as metric_time__day, product as fragment__product, product_version as fragment__product_version,"
        " region as fragment__region, tier as fragment__tier, complaint_class as fragment__complaint_class,"
        " sum(fragment_count) as complaint_count from mart_issue_daily group by all",
    ),
    "complaints and alerts by class of issue equal the ledger": Route(
        MetricQuestion(("complaint_count", "alert_count"), ("issue__issue_class",), ("{{ Dimension('issue__issue_class') }} is not null",)),
        "select issue_class as issue__issue_class, sum(total_fragment_count) as complaint_count, sum(alert_count) as alert_count"
        " from mart_issue group by all",
    ),
    "fragments and those decided alone equal a count by route": Route(
        _asked("fragment_count,automatic_count", "fragment__product,metric_time__month"),
        "select product as fragment__product, date_trunc('month', event_date) as metric_time__month, sum(n) as fragment_count,"
        " sum(n) filter (route = 'automatic') as automatic_count"
        " from (select product, event_date, route, count(*) as n from mart_complaint group by all) group by all",
    ),
    "the share decided alone equals one of counts": Route(
        _asked("automatic_share", "fragment__channel"),
        "select channel as fragment__channel, avg(if(route = 'automatic', 1.0, 0.0)) as automatic_share from mart_complaint group by all",
    ),
    "messages equal the records of complaints": Route(
        _asked("message_count", "metric_time__week,feedback_day__region"),
        "select date_trunc('week', event_date) as metric_time__week, region as feedback_day__region,"
        " count(distinct record_id) as message_count from mart_complaint group by all",
    ),
    "ratings equal those of the records of complaints": Route(
        _asked("rated_count,negative_count", "feedback_day__tier"),
        "select tier as feedback_day__tier, count(rating) as rated_count, count(*) filter (rating <= 2) as negative_count"
        " from (select distinct record_id, tier, rating from mart_complaint) group by all",
    ),
    "issues by class equal those that any day knew": Route(
        _asked("issue_count", "issue__issue_class"),
        "select issue_class as issue__issue_class, count(distinct issue_id) as issue_count from mart_issue_day group by all",
    ),
    "open issues by class equal those to triage": Route(
        _asked("open_issue_count", "issue__issue_class"),
        "select issue_class as issue__issue_class, count(*) as open_issue_count from mart_triage group by all",
    ),
    "customers and cost by class equal the ledger, which has the last day of each issue": Route(
        _asked("affected_customer_count,cost_of_delay_usd", "issue_on_day__issue_class"),
        "select issue_class as issue_on_day__issue_class, sum(customer_count) as affected_customer_count,"
        " sum(cost_of_delay_usd) as cost_of_delay_usd from mart_issue group by all",
    ),
    "alerts by class equal the lives that alerted": Route(
        _asked("alert_count", "alert__alerted_class"),
        "select alerted_class as alert__alerted_class, count(distinct alert_id) as alert_count from mart_lifecycle_event"
        " where lifecycle_stage = 'alerted' group by all",
    ),
    "proposals by kind of alert equal the causes that they rest on": Route(
        _asked("proposal_count", "alert__alert_kind"),
        "select alert_kind as alert__alert_kind, count(*) as proposal_count from mart_cause"
        " where hypothesis_id in (select proposed_hypothesis_id from mart_remediation) group by all",
    ),
    "actions carried out equal the lives that were": Route(
        _asked("executed_count", "proposal__product"),
        "select product as proposal__product, count(distinct lifecycle_proposal_id) as executed_count from mart_lifecycle_event"
        " where lifecycle_stage = 'executed' group by all",
    ),
    "customers told equal a sum by status": Route(
        _asked("told_customer_count", "proposal__proposal_status"),
        "select proposal_status as proposal__proposal_status, sum(told_customer_count * n) as told_customer_count"
        " from (select proposal_status, told_customer_count, count(*) as n from mart_remediation group by all) group by all",
    ),
    "promises met, broken and over equal the weekly figures": Route(
        _asked("sla_met_count,sla_breached_count,sla_over_count", "metric_time__week"),
        "select event_date as metric_time__week, sum(metric_numerator) as sla_met_count,"
        " sum(metric_denominator - metric_numerator) as sla_breached_count, sum(metric_denominator) as sla_over_count"
        " from mart_metric where metric_name like '%_kept' and metric_value is not null group by all",
    ),
    "the share of all promises equals the weekly figures, weighed": Route(
        _asked("sla_kept_share", "promise__product"),
        "select product as promise__product, sum(metric_numerator) / sum(metric_denominator) as sla_kept_share"
        " from mart_metric where metric_name like '%_kept' and metric_value is not null group by all",
    ),
    "stages took as long as the alerts say": Route(
        _asked("stage_median_minutes,stage_p90_minutes", "latency__latency_stage,latency__alerted_class"),
        "select latency_stage as latency__latency_stage, alerts.alerted_class as latency__alerted_class,"
        " median(elapsed_minutes) as stage_median_minutes, quantile_cont(elapsed_minutes, 0.9) as stage_p90_minutes"
        " from mart_stage_latency inner join mart_alert as alerts using (alert_id) group by all",
    ),
    "negative reviews are the weekly figure": _weekly("negative_review_share", "negative_reviews", "feedback_day"),
    "kept triages are the weekly figure": _weekly("triage_kept_share", "triage_kept", "promise"),
    "kept mitigations are the weekly figure": _weekly("mitigation_kept_share", "mitigation_kept", "promise"),
    "kept remedies are the weekly figure": _weekly("remediation_kept_share", "remediation_kept", "promise"),
    "kept confirmations are the weekly figure": _weekly("confirmation_kept_share", "confirmation_kept", "promise"),
    "overridden proposals are the weekly figure": _weekly("overridden_share", "overridden", "figure"),
    "the time to triage is the median of promises": _median("time_to_triage_minutes", "triage"),
    "the time to mitigate is the median of promises": _median("time_to_mitigate_minutes", "mitigate"),
    "the time to the word is the median of promises": _median("time_to_told_minutes", "remediate"),
    "false automation over all weeks equals the fixes without a person": Route(
        _asked("false_automation_share", "figure__product"),
        _FIXES + "select figure__product, avg(if(is_wrong, 1.0, 0.0)) as false_automation_share from fixes"
        " where approvals_required_count = 0 and (is_wrong or is_helped) group by all",
    ),
    "fixes that closed or came back over all weeks equal the fixes": Route(
        _asked("closed_share,reopened_share", "figure__product"),
        _FIXES + "select figure__product, avg(if(is_helped and not is_back, 1.0, 0.0)) as closed_share,"
        " avg(if(is_back, 1.0, 0.0)) as reopened_share from fixes group by all",
    ),
    "any weekly share is its figure": Route(
        _asked("figure_hits,figure_cases,figure_share", "metric_time__week,figure__metric_name"),
        "select event_date as metric_time__week, metric_name as figure__metric_name, metric_numerator as figure_hits,"
        " metric_denominator as figure_cases, metric_value as figure_share from mart_metric where metric_unit = 'share'",
    ),
}
