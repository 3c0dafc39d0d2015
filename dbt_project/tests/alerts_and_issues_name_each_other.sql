{{ config(meta={'dagster': {'ref': {'name': 'mart_alert'}}}) }}
-- Two routes lead from an alert about a cluster to its issue, the issue's alerts and the clusters that it holds: they agree. No alert is
-- listed by two issues of a day, and none that mart_alert lacks.
with listed as (
    select issue_id, event_date, {{ each_element('alert_ids') }} as alert_id
    from {{ ref('stg_gold_issue') }}
),

held as (
    select issue_id, event_date, {{ each_element('held_cluster_ids') }} as cluster_id
    from {{ ref('stg_gold_issue') }}
),

alerts as (
    select * from {{ ref('mart_alert') }}
),

through_clusters as (
    select clustered.alert_id, held.issue_id
    from {{ ref('stg_analysis_alert') }} as clustered
    inner join held on clustered.alerted_cluster_id = held.cluster_id and clustered.event_date = held.event_date
),

unlike_their_cluster as (
    select alerts.alert_id
    from alerts
    left join through_clusters on alerts.alert_id = through_clusters.alert_id
    where alerts.subject_kind = 'cluster' and alerts.complaint_issue_id is distinct from through_clusters.issue_id
),

unlike_the_lists as (
    select listed.alert_id
    from listed
    left join alerts on listed.alert_id = alerts.alert_id
    where listed.issue_id is distinct from alerts.complaint_issue_id
)

select alert_id from unlike_their_cluster
union all
select alert_id from unlike_the_lists
