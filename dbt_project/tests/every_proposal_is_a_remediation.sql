{{ config(meta={'dagster': {'ref': {'name': 'mart_remediation'}}}) }}
-- mart_remediation holds each proposal once, and together they told every customer of a proposal who was sent a message.
with remediations as (
    select count(*) as proposal_count, sum(told_customer_count) as told_count from {{ ref('mart_remediation') }}
),

proposals as (
    select count(*) as proposal_count from {{ ref('stg_remediation_proposal') }}
),

pairs as (
    select distinct messages.proposal_id, messages.recipient_customer_id
    from {{ ref('stg_remediation_message') }} as messages
    inner join {{ ref('stg_remediation_proposal') }} as known on messages.proposal_id = known.proposal_id
    where messages.sent_at is not null
),

told as (
    select count(*) as told_count from pairs
)

select remediations.proposal_count, remediations.told_count
from remediations
cross join proposals
cross join told
where
    remediations.proposal_count <> proposals.proposal_count
    or coalesce(remediations.told_count, 0) <> told.told_count
