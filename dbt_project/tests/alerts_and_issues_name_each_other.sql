{{ config(meta={'dagster': {'ref': {'name': 'mart_alert'}}}) }}
-- gold_issue lists its alerts, mart_alert finds its issue through the cluster: both routes lead to the same pairs.
with listed as (
    select issue_id, {{ each_element('alert_ids') }} as alert_id
    from {{ ref('stg_gold_issue') }}
),

alerts as (
    select * from {{ ref('mart_alert') }} where complaint_issue_id is not null
),

-- Alerts about a class or a product may be listed too; they name no issue of their own.
listed_clusters as (
    select listed.issue_id, listed.alert_id
    from listed
    left join {{ ref('mart_alert') }} as known on listed.alert_id = known.alert_id
    where known.alert_id is null or known.subject_kind = 'cluster'
)

select
    coalesce(alerts.alert_id, listed_clusters.alert_id) as alert_id,
    alerts.complaint_issue_id,
    listed_clusters.issue_id
from alerts
full outer join listed_clusters
    on alerts.alert_id = listed_clusters.alert_id
    and alerts.complaint_issue_id = listed_clusters.issue_id
where alerts.alert_id is null or listed_clusters.alert_id is null
