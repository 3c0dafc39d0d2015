{{ config(meta={'dagster': {'ref': {'name': 'mart_feedback_daily'}}}) }}
-- Messages, rated and negative ones of each day, added up over all dimensions, are those of silver_message.
with messages as (
    select
        event_date,
        count(*) as message_count,
        count(rating) as rated_count,
        count(case when rating <= 2 then 1 end) as negative_count
    from {{ ref('stg_silver_message') }}
    group by event_date
),

daily as (
    select
        event_date,
        sum(message_count) as message_count,
        sum(rated_count) as rated_count,
        sum(negative_count) as negative_count
    from {{ ref('mart_feedback_daily') }}
    group by event_date
)

select coalesce(messages.event_date, daily.event_date) as event_date
from messages
full outer join daily on messages.event_date = daily.event_date
where
    messages.event_date is null
    or daily.event_date is null
    or messages.message_count <> daily.message_count
    or messages.rated_count <> daily.rated_count
    or messages.negative_count <> daily.negative_count
