with issues as (
    select * from {{ ref('stg_gold_issue') }}
),

impacts as (
    select * from {{ ref('stg_gold_issue_impact') }}
),

wordings as (
    select * from {{ ref('stg_gold_issue_wording') }}
),

-- As it stood at the end of that day, its label of that day included; mart_issue has what holds by now.
final as (
    select
        issues.event_date,
        issues.issue_id,
        issues.product,
        issues.issue_class,
        issues.issue_label,
        issues.is_catch_all,
        issues.trend,
        issues.fragment_count,
        issues.window_fragment_count,
        issues.customer_count,
        issues.first_seen_at,
        issues.last_seen_at,
        issues.product_versions,
        issues.quotes,
        issues.continuity_share,
        impacts.priority,
        impacts.priority_reasons,
        impacts.cost_of_delay_usd,
        wordings.wording_summary,
        wordings.wording_hypothesis,
        wordings.wording_version
    from issues
    left join impacts
        on issues.issue_id = impacts.issue_id
        and issues.event_date = impacts.event_date
    left join wordings
        on issues.issue_id = wordings.issue_id
        and issues.event_date = wordings.event_date
)

select * from final
