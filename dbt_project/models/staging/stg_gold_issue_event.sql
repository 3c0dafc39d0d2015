with source as (
    select * from {{ source('lake', 'gold_issue_event') }}
),

final as (
    select
        issue_event_id,
        event_date,
        product,
        issue_id,
        issue_event_kind,
        other_issue_id,
        moved_fragment_count,
        moved_share,
        occurrence_count
    from source
)

select * from final
