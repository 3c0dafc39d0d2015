with source as (
    select * from {{ source('lake', 'remediation_message') }}
),

final as (
    select
        message_draft_id,
        proposal_id,
        event_date,
        message_status,
        recipient_customer_id,
        sent_at,
        confirmed_at
    from source
)

select * from final
