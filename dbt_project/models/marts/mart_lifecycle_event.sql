with steps as (
    select * from {{ ref('stg_outcomes_lifecycle_event') }}
),

alerts as (
    select * from {{ ref('mart_alert') }}
),

final as (
    select
        steps.lifecycle_event_id,
        steps.alerted_id as alert_id,
        steps.event_date,
        steps.product,
        alerts.alerted_class,
        alerts.complaint_issue_id,
        steps.lifecycle_proposal_id,
        steps.lifecycle_stage,
        steps.occurred_at
    from steps
    left join alerts on steps.alerted_id = alerts.alert_id
)

select * from final
