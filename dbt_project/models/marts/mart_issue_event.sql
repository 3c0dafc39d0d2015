with events as (
    select * from {{ ref('stg_gold_issue_event') }}
),

issues as (
    select * from {{ ref('mart_issue') }}
),

final as (
    select
        events.event_date,
        events.issue_event_id,
        events.issue_event_kind,
        events.issue_id,
        events.product,
        issues.issue_label,
        events.other_issue_id,
        events.moved_fragment_count,
        events.moved_share,
        events.occurrence_count
    from events
    left join issues on events.issue_id = issues.issue_id
)

select * from final
