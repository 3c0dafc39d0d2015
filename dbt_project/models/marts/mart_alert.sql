with alerts as (
    select * from {{ ref('stg_analysis_alert') }}
),

issues as (
    select * from {{ ref('stg_gold_issue') }}
),

-- A cluster exists on one day only; gold_issue says which issue held the most of it that day.
held as (
    select
        issue_id,
        event_date,
        {{ each_element('held_cluster_ids') }} as cluster_id
    from issues
),

-- Alerts about a product or a class have no issue.
final as (
    select
        alerts.alert_id,
        alerts.event_date,
        alerts.alert_kind,
        alerts.subject_kind,
        alerts.subject_id,
        alerts.product,
        alerts.alerted_class,
        held.issue_id as complaint_issue_id,
        alerts.observed_count,
        alerts.exposure_count,
        alerts.expected_count,
        alerts.rate_ratio,
        alerts.p_value,
        alerts.alert_score,
        alerts.raised_at,
        alerts.window_minutes,
        alerts.story_id,
        alerts.is_continuation,
        alerts.is_story_head,
        alerts.story_observed_count,
        alerts.candidates
    from alerts
    left join held
        on alerts.alerted_cluster_id = held.cluster_id
        and alerts.event_date = held.event_date
)

select * from final
