with feedback as (
    select * from {{ ref('mart_feedback_daily') }}
),

life as (
    select * from {{ ref('mart_lifecycle_event') }}
),

figures as (
    select * from {{ ref('mart_metric') }}
),

-- What was done about a complaint comes days after the last of them, and a figure is told under its Monday, which may precede the first.
told as (
    select event_date from feedback
    union all
    select event_date from life
    union all
    select event_date from figures
),

ends as (
    select
        min(event_date) as first_date,
        max(event_date) as last_date
    from told
),

final as (
    select {{ each_day('first_date', 'last_date') }} as event_date
    from ends
)

select * from final
