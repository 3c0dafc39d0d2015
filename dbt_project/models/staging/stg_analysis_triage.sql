with source as (
    select * from {{ source('lake', 'analysis_triage') }}
),

final as (
    select
        fragment_id,
        event_date,
        urgency,
        urgency_reasons,
        owner,
        owner_rule
    from source
)

select * from final
