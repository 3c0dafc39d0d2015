with stages as (
    select * from {{ ref('stg_outcomes_sla_stage') }}
),

final as (
    select
        sla_stage_id,
        sla_clock_id,
        alerted_id,
        event_date,
        product,
        promised_stage,
        sla_verdict,
        urgency_applied,
        class_applied,
        tier_applied,
        sla_rule_applied,
        calendar_applied,
        target_minutes,
        worked_minutes,
        clock_started_at,
        at_risk_at,
        due_at,
        done_at,
        measured_at
    from stages
)

select * from final
