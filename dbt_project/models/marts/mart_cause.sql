with hypotheses as (
    select * from {{ ref('stg_analysis_hypothesis') }}
),

cohorts as (
    select * from {{ ref('stg_analysis_cohort') }}
),

alerts as (
    select * from {{ ref('mart_alert') }}
),

leading_cohort as (
    select alert_id, event_date, cohort_attributes from cohorts where cohort_rank = 1
),

-- An alert in which no segment stands out has no cohort row; its null says so.
final as (
    select
        hypotheses.hypothesis_id,
        hypotheses.alert_id,
        hypotheses.event_date,
        hypotheses.product,
        alerts.alert_kind,
        alerts.alerted_class,
        alerts.raised_at,
        alerts.complaint_issue_id,
        hypotheses.hypothesis_rank,
        hypotheses.cause_kind,
        hypotheses.cause_id,
        hypotheses.cause_step_ids,
        hypotheses.cause_service,
        hypotheses.cause_scope,
        hypotheses.cause_started_at,
        hypotheses.onset_at,
        hypotheses.hypothesis_score,
        hypotheses.hypothesis_verdict,
        hypotheses.evidence_for,
        hypotheses.evidence_against,
        leading_cohort.cohort_attributes as alerted_cohort
    from hypotheses
    inner join alerts on hypotheses.alert_id = alerts.alert_id
    left join leading_cohort on hypotheses.alert_id = leading_cohort.alert_id
)

select * from final
