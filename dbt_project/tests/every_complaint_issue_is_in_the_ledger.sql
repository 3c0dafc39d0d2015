{{ config(meta={'dagster': {'ref': {'name': 'mart_complaint'}}}) }}
-- No fragment points at an issue that mart_issue lacks.
select complaints.fragment_id, complaints.complaint_issue_id
from {{ ref('mart_complaint') }} as complaints
left join {{ ref('mart_issue') }} as issues on complaints.complaint_issue_id = issues.issue_id
where complaints.complaint_issue_id is not null and issues.issue_id is null
