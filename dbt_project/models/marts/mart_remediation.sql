with proposals as (
    select * from {{ ref('stg_remediation_proposal') }}
),

actions as (
    select * from {{ ref('stg_remediation_action') }}
),

messages as (
    select * from {{ ref('stg_remediation_message') }}
),

ledger as (
    select * from {{ ref('mart_issue') }}
),

-- A proposal that was tried again has several actions; the latest says where it stands.
ranked_actions as (
    select
        *,
        row_number() over (partition by proposal_id order by queued_at desc, action_id desc) as recency_rank
    from actions
),

latest_action as (
    select * from ranked_actions where recency_rank = 1
),

told as (
    select
        proposal_id,
        count(distinct recipient_customer_id) as told_customer_count
    from messages
    where sent_at is not null
    group by proposal_id
),

final as (
    select
        proposals.proposal_id,
        proposals.alert_id,
        proposals.product,
        proposals.proposed_issue_id,
        ledger.issue_label as proposed_issue_label,
        proposals.proposed_hypothesis_id,
        proposals.playbook_id,
        proposals.action_kind,
        proposals.action_target,
        proposals.risk_level,
        proposals.confidence_score,
        proposals.approvals_required_count,
        proposals.approvals_given_count,
        proposals.proposal_status,
        proposals.refusal_reason,
        proposals.is_executable,
        proposals.is_dry_run,
        proposals.requested_by,
        proposals.proposed_at,
        proposals.decided_at,
        latest_action.action_status as outbox_status,
        latest_action.receipt_id,
        latest_action.executed_at,
        -- A proposal without messages has told nobody: zero is the count, not a stand-in for an unknown.
        coalesce(told.told_customer_count, 0) as told_customer_count
    from proposals
    left join latest_action on proposals.proposal_id = latest_action.proposal_id
    left join told on proposals.proposal_id = told.proposal_id
    left join ledger on proposals.proposed_issue_id = ledger.issue_id
)

select * from final
