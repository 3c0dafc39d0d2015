with components as (
    select * from {{ ref('stg_outcomes_roi') }}
),

final as (
    select
        roi_id,
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
    from components
)

select * from final
