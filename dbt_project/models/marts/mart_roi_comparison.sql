with comparisons as (
    select * from {{ ref('stg_outcomes_roi_comparison') }}
),

final as (
    select
        comparison_id,
        product,
        compared_figure,
        compared_per,
        season_ratio,
        assumption_varied,
        assumption_value,
        expected_quantity,
        measured_quantity,
        roi_quantity,
        quantity_low,
        quantity_high,
        roi_unit,
        amount_usd,
        amount_low_usd,
        amount_high_usd,
        missing_inputs,
        before_from_date,
        before_to_date,
        loop_from_date,
        loop_to_date
    from comparisons
)

select * from final
