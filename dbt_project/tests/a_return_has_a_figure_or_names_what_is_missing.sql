{{ config(meta={'dagster': {'ref': {'name': 'mart_roi'}}}) }}
-- A component has a quantity or names its missing inputs, never both or neither; an amount lies within its interval.
with missing as (
    select roi_id, {{ each_element('missing_inputs') }} as missing_input
    from {{ ref('mart_roi') }}
),

named as (
    select distinct roi_id from missing
)

select components.roi_id
from {{ ref('mart_roi') }} as components
left join named on components.roi_id = named.roi_id
where
    (components.roi_quantity is null and named.roi_id is null)
    or (components.roi_quantity is not null and named.roi_id is not null)
    or (components.amount_usd is not null and components.roi_quantity is null)
    or components.amount_usd < components.amount_low_usd
    or components.amount_usd > components.amount_high_usd
