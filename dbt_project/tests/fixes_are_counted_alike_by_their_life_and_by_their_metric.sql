{{ config(meta={'dagster': {'ref': {'name': 'mart_metric'}}}) }}
-- Two routes to one figure: fixes that were carried out, counted step by step, and as the denominator of those that came back.
with by_life as (
    select steps.product, count(distinct steps.lifecycle_proposal_id) as fix_count
    from {{ ref('mart_lifecycle_event') }} as steps
    inner join {{ ref('mart_remediation') }} as proposals on steps.lifecycle_proposal_id = proposals.proposal_id
    where
        steps.lifecycle_stage = 'executed'
        and proposals.action_kind in ({{ mending_kinds() }})
    group by steps.product
),

by_metric as (
    select product, sum(metric_denominator) as fix_count
    from {{ ref('mart_metric') }}
    where metric_name = 'reopened'
    group by product
)

select coalesce(by_life.product, by_metric.product) as product
from by_life
full outer join by_metric on by_life.product = by_metric.product
where coalesce(by_life.fix_count, 0) <> coalesce(by_metric.fix_count, 0)
