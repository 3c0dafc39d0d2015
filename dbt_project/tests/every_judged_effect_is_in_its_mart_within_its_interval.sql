{{ config(meta={'dagster': {'ref': {'name': 'mart_effect'}}}) }}
-- mart_effect holds each judgement; its ratio lies within its interval, and a fix is only one where the whole interval lies below 1.
select coalesce(judged.effect_id, marts.effect_id) as effect_id
from {{ ref('stg_outcomes_effect') }} as judged
full outer join {{ ref('mart_effect') }} as marts on judged.effect_id = marts.effect_id
where
    judged.effect_id is null
    or marts.effect_id is null
    or marts.effect_ratio < marts.effect_low
    or marts.effect_ratio > marts.effect_high
    or (marts.effect_verdict = 'fixed' and (marts.effect_high is null or marts.effect_high >= 1))
