{{ config(meta={'dagster': {'ref': {'name': 'mart_cause'}}}) }}
-- mart_cause holds each hypothesis of the analysis, and the ranks of an alert's causes are 1, 2, 3 without a gap.
with causes as (
    select alert_id, count(*) as cause_count, min(hypothesis_rank) as first_rank, max(hypothesis_rank) as last_rank
    from {{ ref('mart_cause') }}
    group by alert_id
),

hypotheses as (
    select alert_id, count(*) as hypothesis_count
    from {{ ref('stg_analysis_hypothesis') }}
    group by alert_id
)

select coalesce(causes.alert_id, hypotheses.alert_id) as alert_id
from causes
full outer join hypotheses on causes.alert_id = hypotheses.alert_id
where
    causes.alert_id is null
    or hypotheses.alert_id is null
    or causes.cause_count <> hypotheses.hypothesis_count
    or causes.first_rank <> 1
    or causes.last_rank <> causes.cause_count
