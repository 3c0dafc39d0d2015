{{ config(meta={'dagster': {'ref': {'name': 'mart_metric'}}}) }}
-- A figure has a value of so many, or no value and the names of its missing inputs; a share is between none and all.
select product, metric_name, event_date
from {{ ref('mart_metric') }}
where
    (metric_value is null) <> ({{ element_count('missing_inputs') }} > 0)
    or (metric_value is null) <> (metric_denominator is null)
    or metric_denominator <= 0
    or (metric_unit = 'share' and metric_name <> 'refunded' and metric_value not between 0 and 1)
