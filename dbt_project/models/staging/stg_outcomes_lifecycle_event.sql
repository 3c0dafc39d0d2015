with source as (
    select * from {{ source('lake', 'outcomes_lifecycle_event') }}
),

final as (
    select
        lifecycle_event_id,
        alerted_id,
        product,
        lifecycle_proposal_id,
        lifecycle_stage,
        occurred_at,
        event_date
    from source
)

select * from final
