{{ config(meta={'dagster': {'ref': {'name': 'mart_lifecycle_event'}}}) }}
-- Two routes to one fact: the issue that the alert's mart names, and the step at which its first complaint came to one. An alert whose
-- complaints are spread over several issues speaks of none.
select alert_id
from {{ ref('mart_lifecycle_event') }}
group by alert_id
having
    max(case when lifecycle_stage = 'issue_assigned' then 1 else 0 end)
    < max(case when complaint_issue_id is null then 0 else 1 end)
