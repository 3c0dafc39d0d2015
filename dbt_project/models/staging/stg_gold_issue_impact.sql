with source as (
    select * from {{ source('lake', 'gold_issue_impact') }}
),

final as (
    select
        issue_id,
        event_date,
        product,
        touched_customer_count,
        touched_account_count,
        touched_tiers,
        touched_arr_usd,
        arr_missing_reason,
        cost_of_delay_usd,
        cost_of_delay_reason,
        cost_of_delay_formula,
        priority,
        priority_score,
        priority_reasons
    from source
)

select * from final
