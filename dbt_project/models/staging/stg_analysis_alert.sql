with source as (
    select * from {{ source('lake', 'analysis_alert') }}
),

final as (
    select
        alert_id,
        event_date,
        alert_kind,
        subject_kind,
        subject_id,
        product,
        alerted_cluster_id,
        alerted_class,
        observed_count,
        exposure_count,
        expected_count,
        rate_ratio,
        p_value,
        alert_score,
        raised_at,
        window_minutes,
        story_id,
        is_continuation,
        is_story_head,
        story_observed_count,
        candidates
    from source
)

select * from final
