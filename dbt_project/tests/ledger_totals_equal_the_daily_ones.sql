{{ config(meta={'dagster': {'ref': {'name': 'mart_issue'}}}) }}
-- An issue's total, its peak and its days are the same by the ledger's route and by the daily counts', but for fragments erased since.
with erased as (
    select issue_id, sum(fragment_count - {{ element_count('day_fragment_ids') }}) as erased_count
    from {{ ref('stg_gold_issue') }}
    group by issue_id
),

by_day as (
    select issue_id, event_date, sum(fragment_count) as fragment_count
    from {{ ref('mart_issue_daily') }}
    group by issue_id, event_date
),

daily as (
    select
        issue_id,
        sum(fragment_count) as total_fragment_count,
        max(fragment_count) as peak_fragment_count,
        min(event_date) as first_date,
        max(event_date) as last_date
    from by_day
    group by issue_id
)

select
    ledger.issue_id,
    ledger.total_fragment_count,
    daily.total_fragment_count as daily_total_fragment_count,
    ledger.peak_fragment_count,
    daily.peak_fragment_count as daily_peak_fragment_count
from {{ ref('mart_issue') }} as ledger
left join daily on ledger.issue_id = daily.issue_id
left join erased on ledger.issue_id = erased.issue_id
where
    ledger.total_fragment_count <> coalesce(daily.total_fragment_count, 0) + coalesce(erased.erased_count, 0)
    or (ledger.peak_fragment_count <> coalesce(daily.peak_fragment_count, 0) and coalesce(erased.erased_count, 0) = 0)
    or ledger.peak_fragment_count < coalesce(daily.peak_fragment_count, 0)
    or {{ utc_day('ledger.first_seen_at') }} > daily.first_date
    or {{ utc_day('ledger.last_seen_at') }} < daily.last_date
