{{ config(meta={'dagster': {'ref': {'name': 'mart_stage_latency'}}}) }}
-- Each latency begins where the one before it ended, so that together they are the time from the first complaint to the last step.
with spans as (
    select
        alert_id,
        sum(elapsed_minutes) as added_minutes,
        {{ minutes_between('min(stage_started_at)', 'max(stage_ended_at)') }} as whole_minutes
    from {{ ref('mart_stage_latency') }}
    group by alert_id
)

select alert_id
from spans
where abs(added_minutes - whole_minutes) > 0.001
