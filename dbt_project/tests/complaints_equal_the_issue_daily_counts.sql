{{ config(meta={'dagster': {'ref': {'name': 'mart_issue_daily'}}}) }}
-- The fragments of an issue on a day are as many in mart_complaint as in mart_issue_daily.
with complaints as (
    select event_date, complaint_issue_id as issue_id, count(*) as fragment_count
    from {{ ref('mart_complaint') }}
    where complaint_issue_id is not null
    group by event_date, complaint_issue_id
),

daily as (
    select event_date, issue_id, sum(fragment_count) as fragment_count
    from {{ ref('mart_issue_daily') }}
    group by event_date, issue_id
)

select
    coalesce(complaints.event_date, daily.event_date) as event_date,
    coalesce(complaints.issue_id, daily.issue_id) as issue_id
from complaints
full outer join daily
    on complaints.event_date = daily.event_date
    and complaints.issue_id = daily.issue_id
where coalesce(complaints.fragment_count, 0) <> coalesce(daily.fragment_count, 0)
