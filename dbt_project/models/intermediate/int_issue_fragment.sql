-- One fragment of one issue, on the fragment's own day: gold_issue names a fragment only on the day on which it was written.
with issues as (
    select * from {{ ref('stg_gold_issue') }}
),

final as (
    select
        event_date,
        issue_id,
        {{ each_element('day_fragment_ids') }} as fragment_id
    from issues
)

select * from final
