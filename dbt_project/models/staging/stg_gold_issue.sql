with source as (
    select * from {{ source('lake', 'gold_issue') }}
),

final as (
    select
        issue_id,
        event_date,
        product,
        issue_class,
        issue_label,
        cluster_id,
        held_cluster_ids,
        is_catch_all,
        fragment_count,
        window_fragment_count,
        customer_count,
        first_seen_at,
        last_seen_at,
        trend,
        occurrence_count,
        reopened_date,
        product_versions,
        quotes,
        day_fragment_ids,
        alert_ids,
        continuity_share
    from source
)

select * from final
