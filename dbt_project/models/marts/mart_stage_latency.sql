with latencies as (
    select * from {{ ref('stg_outcomes_sla_event') }}
),

alerts as (
    select * from {{ ref('stg_analysis_alert') }}
),

promises as (
    select * from {{ ref('stg_outcomes_sla_stage') }}
),

-- An alert without a story is one by itself.
stories as (
    select
        alert_id,
        alerted_class,
        coalesce(story_id, alert_id) as story
    from alerts
),

-- The alerts of a story share their clock, which is told under the first of them.
clocks as (
    select distinct
        stories.story,
        promises.sla_clock_id,
        promises.clock_started_at,
        promises.urgency_applied,
        promises.tier_applied
    from promises
    inner join stories on promises.alerted_id = stories.alert_id
),

-- Of a story that came back and got another clock, that counts which ran when the stage ended.
ranked as (
    select
        latencies.*,
        stories.alerted_class,
        clocks.urgency_applied,
        clocks.tier_applied,
        row_number() over (
            partition by latencies.sla_event_id
            order by
                case when clocks.clock_started_at <= latencies.stage_ended_at then 0 else 1 end,
                clocks.clock_started_at desc,
                clocks.sla_clock_id
        ) as clock_rank
    from latencies
    left join stories on latencies.alerted_id = stories.alert_id
    left join clocks on stories.story = clocks.story
),

final as (
    select
        sla_event_id,
        alerted_id as alert_id,
        event_date,
        product,
        latency_stage,
        alerted_class,
        urgency_applied,
        tier_applied,
        stage_started_at,
        stage_ended_at,
        elapsed_minutes,
        target_minutes,
        sla_result
    from ranked
    where clock_rank = 1
)

select * from final
