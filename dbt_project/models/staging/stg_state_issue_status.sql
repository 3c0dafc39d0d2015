with source as (
    select * from {{ source('lake', 'state_issue_status') }}
),

final as (
    select
        status_id,
        issue_id,
        event_date,
        issue_status,
        changed_at
    from source
)

select * from final
