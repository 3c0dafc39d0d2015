with source as (
    select * from {{ source('lake', 'outcomes_roi') }}
),

final as (
    select
        roi_id,
        event_date,
        product,
        roi_component,
        roi_quantity,
        roi_unit,
        amount_usd,
        amount_low_usd,
        amount_high_usd,
        missing_inputs,
        period_started_at,
        period_ended_at
    from source
)

select * from final
