with source as (
    select * from {{ source('lake', 'outcomes_sla_stage') }}
),

final as (
    select
        sla_stage_id,
        sla_clock_id,
        alerted_id,
        product,
        promised_stage,
        sla_verdict,
        clock_started_at,
        urgency_applied,
        class_applied,
        tier_applied,
        sla_rule_applied,
        calendar_applied,
        target_minutes,
        worked_minutes,
        at_risk_at,
        due_at,
        done_at,
        measured_at,
        sla_policy_version,
        event_date
    from source
)

select * from final
