with source as (
    select * from {{ source('lake', 'remediation_proposal') }}
),

final as (
    select
        proposal_id,
        alert_id,
        event_date,
        product,
        proposed_issue_id,
        proposed_hypothesis_id,
        playbook_id,
        action_kind,
        action_target,
        risk_level,
        confidence_score,
        approvals_required_count,
        approvals_given_count,
        proposal_status,
        refusal_reason,
        is_executable,
        is_dry_run,
        requested_by,
        proposed_at,
        decided_at
    from source
)

select * from final
