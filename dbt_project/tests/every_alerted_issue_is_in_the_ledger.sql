{{ config(meta={'dagster': {'ref': {'name': 'mart_alert'}}}) }}
-- No alert points at an issue that mart_issue lacks.
select alerts.alert_id, alerts.complaint_issue_id
from {{ ref('mart_alert') }} as alerts
left join {{ ref('mart_issue') }} as issues on alerts.complaint_issue_id = issues.issue_id
where alerts.complaint_issue_id is not null and issues.issue_id is null
