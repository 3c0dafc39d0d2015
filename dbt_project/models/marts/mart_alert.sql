with alerts as (
    select * from {{ ref('stg_analysis_alert') }}
),

issues as (
    select * from {{ ref('stg_gold_issue') }}
),

-- gold_issue says of which issue, of its day, an alert speaks.
spoken_of as (
    select
        issue_id,
        event_date,
        {{ each_element('alert_ids') }} as alert_id
    from issues
),

-- An alert whose samples are spread over several issues has none.
final as (
    select
        alerts.alert_id,
        alerts.event_date,
        alerts.alert_kind,
        alerts.subject_kind,
        alerts.subject_id,
        alerts.product,
        alerts.alerted_class,
        spoken_of.issue_id as complaint_issue_id,
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
    left join spoken_of
        on alerts.alert_id = spoken_of.alert_id
        and alerts.event_date = spoken_of.event_date
)

select * from final
