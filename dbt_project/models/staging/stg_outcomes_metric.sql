with source as (
    select * from {{ source('lake', 'outcomes_metric') }}
),

final as (
    select
        metric_id,
        product,
        metric_name,
        metric_meaning,
        metric_value,
        metric_unit,
        metric_numerator,
        metric_denominator,
        missing_inputs,
        event_date
    from source
)

select * from final
