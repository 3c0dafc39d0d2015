with effects as (
    select * from {{ ref('stg_outcomes_effect') }}
),

actions as (
    select * from {{ ref('stg_remediation_action') }}
),

proposals as (
    select * from {{ ref('stg_remediation_proposal') }}
),

final as (
    select
        effects.effect_id,
        effects.proposal_id,
        effects.action_id,
        proposals.alert_id,
        effects.product,
        proposals.playbook_id,
        actions.action_kind,
        actions.action_target,
        actions.executed_at,
        effects.treated_scope,
        effects.treated_before_count,
        effects.treated_after_count,
        effects.control_before_count,
        effects.control_after_count,
        effects.effect_ratio,
        effects.effect_low,
        effects.effect_high,
        effects.effect_verdict,
        effects.measured_at,
        effects.effect_version
    from effects
    inner join actions on effects.action_id = actions.action_id
    inner join proposals on effects.proposal_id = proposals.proposal_id
)

select * from final
