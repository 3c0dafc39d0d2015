with source as (
    select * from {{ source('lake', 'outcomes_effect') }}
),

final as (
    select
        effect_id,
        proposal_id,
        action_id,
        event_date,
        product,
        treated_scope,
        treated_before_count,
        treated_after_count,
        control_before_count,
        control_after_count,
        effect_ratio,
        effect_low,
        effect_high,
        effect_verdict,
        measured_at,
        effect_version
    from source
)

select * from final
