{{ config(meta={'dagster': {'ref': {'name': 'mart_issue_day'}}}) }}
-- mart_issue_day holds each issue on each day of gold_issue, and no other, with gold's numbers.
select
    coalesce(gold.event_date, days.event_date) as event_date,
    coalesce(gold.issue_id, days.issue_id) as issue_id
from {{ ref('stg_gold_issue') }} as gold
full outer join {{ ref('mart_issue_day') }} as days
    on gold.event_date = days.event_date
    and gold.issue_id = days.issue_id
where
    gold.issue_id is null
    or days.issue_id is null
    or gold.fragment_count <> days.fragment_count
    or gold.window_fragment_count <> days.window_fragment_count
    or gold.trend <> days.trend
