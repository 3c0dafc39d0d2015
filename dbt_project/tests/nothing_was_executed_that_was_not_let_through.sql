{{ config(meta={'dagster': {'ref': {'name': 'mart_remediation'}}}) }}
-- What another system confirmed had been decided on before, with all the approvals that it needs, and was more than a rehearsal.
select proposal_id
from {{ ref('mart_remediation') }}
where
    executed_at is not null
    and (
        not is_executable
        or approvals_given_count < approvals_required_count
        or proposal_status in ('proposed', 'awaiting_approval', 'refused', 'expired')
        or decided_at is null
        or decided_at > executed_at
    )
