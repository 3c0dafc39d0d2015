-- negative_count ≤ rated_count ≤ message_count in each row.
select *
from {{ ref('mart_feedback_daily') }}
where negative_count > rated_count or rated_count > message_count or negative_count < 0
