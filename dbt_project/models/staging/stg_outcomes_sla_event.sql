with source as (
    select * from {{ source('lake', 'outcomes_sla_event') }}
),

final as (
    select
        sla_event_id,
        alerted_id,
        product,
        latency_stage,
        stage_started_at,
        stage_ended_at,
        elapsed_minutes,
        target_minutes,
        sla_result,
        event_date
    from source
)

select * from final
