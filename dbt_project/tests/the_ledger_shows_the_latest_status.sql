{{ config(meta={'dagster': {'ref': {'name': 'mart_issue'}}}) }}
-- The status of an issue is one that it was given at the last instant at which one was given.
with statuses as (
    select issue_id, max(changed_at) as changed_at
    from {{ ref('stg_state_issue_status') }}
    group by issue_id
),

latest as (
    select given.issue_id, given.issue_status
    from {{ ref('stg_state_issue_status') }} as given
    inner join statuses
        on given.issue_id = statuses.issue_id
        and given.changed_at = statuses.changed_at
)

select ledger.issue_id
from {{ ref('mart_issue') }} as ledger
left join statuses on ledger.issue_id = statuses.issue_id
left join latest
    on ledger.issue_id = latest.issue_id
    and ledger.issue_status = latest.issue_status
where
    (ledger.issue_status is null and statuses.issue_id is not null)
    or (ledger.issue_status is not null and latest.issue_id is null)
