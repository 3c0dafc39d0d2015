with issues as (
    select * from {{ ref('stg_gold_issue') }}
),

-- As it stood at the end of that day, its label of that day included; mart_issue has what holds by now.
final as (
    select
        event_date,
        issue_id,
        product,
        issue_class,
        issue_label,
        is_catch_all,
        trend,
        fragment_count,
        window_fragment_count,
        customer_count,
        first_seen_at,
        last_seen_at,
        product_versions,
        quotes,
        continuity_share
    from issues
)

select * from final
