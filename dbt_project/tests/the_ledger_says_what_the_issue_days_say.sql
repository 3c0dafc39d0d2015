{{ config(meta={'dagster': {'ref': {'name': 'mart_issue_day'}}}) }}
-- An issue's days add up to its line in the ledger, and the latest of them reads like it.
with days as (
    select
        issue_id,
        sum(fragment_count) as total_fragment_count,
        max(fragment_count) as peak_fragment_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(event_date) as latest_date
    from {{ ref('mart_issue_day') }}
    group by issue_id
),

latest as (
    select issue_days.*
    from {{ ref('mart_issue_day') }} as issue_days
    inner join days
        on issue_days.issue_id = days.issue_id
        and issue_days.event_date = days.latest_date
)

select coalesce(ledger.issue_id, days.issue_id) as issue_id
from {{ ref('mart_issue') }} as ledger
full outer join days on ledger.issue_id = days.issue_id
left join latest on days.issue_id = latest.issue_id
where
    ledger.issue_id is null
    or days.issue_id is null
    or ledger.total_fragment_count <> days.total_fragment_count
    or ledger.peak_fragment_count <> days.peak_fragment_count
    or ledger.first_seen_at <> days.first_seen_at
    or ledger.last_seen_at <> days.last_seen_at
    or ledger.issue_label <> latest.issue_label
    or ledger.trend <> latest.trend
    or ledger.customer_count is distinct from latest.customer_count
