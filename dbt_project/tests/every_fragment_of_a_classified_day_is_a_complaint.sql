{{ config(meta={'dagster': {'ref': {'name': 'mart_complaint'}}}) }}
-- On each day that has been classified, mart_complaint holds each fragment of silver_fragment, and no other.
with classified_days as (
    select distinct event_date from {{ ref('stg_analysis_classification') }}
),

fragments as (
    select fragments.fragment_id
    from {{ ref('stg_silver_fragment') }} as fragments
    inner join classified_days on fragments.event_date = classified_days.event_date
)

select coalesce(fragments.fragment_id, complaints.fragment_id) as fragment_id
from fragments
full outer join {{ ref('mart_complaint') }} as complaints on fragments.fragment_id = complaints.fragment_id
where fragments.fragment_id is null or complaints.fragment_id is null
