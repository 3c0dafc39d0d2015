{{ config(meta={'dagster': {'ref': {'name': 'mart_issue_daily'}}}) }}
-- The fragments of an issue on a day, counted one by one, are those that gold_issue lists; it never lists more than it counted, and fewer
-- only where some were erased since.
with gold as (
    select
        event_date,
        issue_id,
        fragment_count,
        {{ element_count('day_fragment_ids') }} as listed_count
    from {{ ref('stg_gold_issue') }}
),

daily as (
    select event_date, issue_id, sum(fragment_count) as fragment_count
    from {{ ref('mart_issue_daily') }}
    group by event_date, issue_id
)

select
    coalesce(gold.event_date, daily.event_date) as event_date,
    coalesce(gold.issue_id, daily.issue_id) as issue_id,
    gold.listed_count as gold_fragment_count,
    daily.fragment_count as daily_fragment_count
from gold
full outer join daily
    on gold.event_date = daily.event_date
    and gold.issue_id = daily.issue_id
where
    coalesce(gold.listed_count, 0) <> coalesce(daily.fragment_count, 0)
    or gold.listed_count > gold.fragment_count
