with source as (
    select * from {{ source('lake', 'remediation_action') }}
),

final as (
    select
        action_id,
        proposal_id,
        event_date,
        action_kind,
        action_target,
        action_status,
        receipt_id,
        queued_at,
        executed_at
    from source
)

select * from final
