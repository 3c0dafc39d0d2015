-- A customer who says the same again is not counted twice.
select fragment_id, complaint_issue_id
from {{ ref('mart_complaint') }}
where duplicate_of is not null and complaint_issue_id is not null
