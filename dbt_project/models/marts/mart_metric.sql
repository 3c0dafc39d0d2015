with metrics as (
    select * from {{ ref('stg_outcomes_metric') }}
),

final as (
    select
        product,
        metric_name,
        event_date,
        metric_meaning,
        metric_value,
        metric_unit,
        metric_numerator,
        metric_denominator,
        missing_inputs
    from metrics
)

select * from final
