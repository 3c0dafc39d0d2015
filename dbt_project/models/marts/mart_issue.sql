with issues as (
    select * from {{ ref('stg_gold_issue') }}
),

alerts as (
    select * from {{ ref('mart_alert') }}
),

statuses as (
    select * from {{ ref('stg_state_issue_status') }}
),

impacts as (
    select * from {{ ref('stg_gold_issue_impact') }}
),

-- Two rankings of an issue's days: the latest one describes it, the biggest one is its peak (the earliest of equals).
ranked as (
    select
        *,
        row_number() over (partition by issue_id order by event_date desc) as recency_rank,
        row_number() over (partition by issue_id order by fragment_count desc, event_date) as size_rank
    from issues
),

latest as (
    select * from ranked where recency_rank = 1
),

peak as (
    select * from ranked where size_rank = 1
),

totals as (
    select
        issue_id,
        cast(sum(fragment_count) as bigint) as total_fragment_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from issues
    group by issue_id
),

alert_totals as (
    select
        complaint_issue_id,
        count(*) as alert_count
    from alerts
    where complaint_issue_id is not null
    group by complaint_issue_id
),

-- Of two changes at the same instant the one with the greater id counts, so that each build says the same.
ranked_statuses as (
    select
        issue_id,
        issue_status,
        row_number() over (partition by issue_id order by changed_at desc, status_id desc) as recency_rank
    from statuses
),

latest_status as (
    select * from ranked_statuses where recency_rank = 1
),

final as (
    select
        latest.issue_id,
        latest.product,
        latest.issue_class,
        latest.issue_label,
        latest.is_catch_all,
        latest.trend,
        totals.total_fragment_count,
        latest.customer_count,
        totals.first_seen_at,
        totals.last_seen_at,
        peak.event_date as peak_date,
        peak.fragment_count as peak_fragment_count,
        -- An issue without alerts has had none: zero is the count, not a stand-in for an unknown.
        coalesce(alert_totals.alert_count, 0) as alert_count,
        latest_status.issue_status,
        latest.occurrence_count,
        latest.reopened_date,
        impacts.priority,
        impacts.priority_score,
        impacts.priority_reasons,
        impacts.touched_arr_usd,
        impacts.touched_tiers,
        impacts.cost_of_delay_usd,
        latest.product_versions,
        latest.quotes
    from latest
    inner join peak on latest.issue_id = peak.issue_id
    inner join totals on latest.issue_id = totals.issue_id
    left join alert_totals on latest.issue_id = alert_totals.complaint_issue_id
    left join impacts
        on latest.issue_id = impacts.issue_id
        and latest.event_date = impacts.event_date
    left join latest_status on latest.issue_id = latest_status.issue_id
)

select * from final
