with source as (
    select * from {{ source('lake', 'analysis_cohort') }}
),

final as (
    select
        cohort_id,
        alert_id,
        event_date,
        cohort_attributes,
        cohort_rank
    from source
)

select * from final
